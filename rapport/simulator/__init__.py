"""A server that plays Meta's Cloud API, and a phone to write from."""

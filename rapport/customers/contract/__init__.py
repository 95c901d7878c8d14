"""The data contract: what a business event looks like, and why one is refused."""

"""Messages in, messages out, the service window, and who answers."""

"""Conversations in tests/conversations/: read, played on the running service, judged."""

"""Who wants to hear from us about what, and the proof of it."""

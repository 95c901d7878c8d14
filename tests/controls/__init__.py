"""Programs that are wrong on purpose: what the crash tests must catch."""

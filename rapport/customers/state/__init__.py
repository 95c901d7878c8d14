"""From business events to state: one handler per subject, a few statements for a whole batch."""

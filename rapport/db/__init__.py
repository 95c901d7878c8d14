"""PostgreSQL: tables by subject, sessions, the embedded server, the schema check."""

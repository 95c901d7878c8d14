"""The `rapport` command: composition root."""

from __future__ import annotations

import sys

from rapport.errors import RapportError

TRACEBACK = "--traceback"
"""For whoever mends Rapport itself: let a fault of ours show where it happened."""


def main() -> None:
    """Run one command; what went wrong is one line on standard error and exit code 1."""
    from rapport.commands.application import app

    wants_traceback = TRACEBACK in sys.argv
    sys.argv = [word for word in sys.argv if word != TRACEBACK]
    try:
        app(prog_name="rapport")
    except RapportError as error:
        sys.exit(f"rapport: {error}")
    except Exception as error:
        if wants_traceback:
            raise
        sys.exit(f"rapport: {_in_one_line(error)}")


def _in_one_line(error: Exception) -> str:
    """A database's own words without the values of the statement, any other fault by its class."""
    words = str(getattr(error, "orig", "")).strip().splitlines()
    told = f"the database says: {words[0]}" if words else f"unexpected {type(error).__name__}"
    return f"{told}; rapport {TRACEBACK} … shows where."


if __name__ == "__main__":
    main()

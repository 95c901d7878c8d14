"""The `rapport` command: composition root."""

from __future__ import annotations

import sys

from rapport.errors import RapportError


def main() -> None:
    """Run one command; what the person can mend is one line on standard error and exit code 1."""
    from rapport.commands.application import app

    try:
        app(prog_name="rapport")
    except RapportError as error:
        sys.exit(f"rapport: {error}")


if __name__ == "__main__":
    main()

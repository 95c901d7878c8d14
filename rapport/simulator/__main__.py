"""`python -m rapport.simulator`: the twin on this installation's port."""

from __future__ import annotations

import sys

from rapport import settings as settings_module
from rapport.errors import RapportError
from rapport.simulator.app import create_app
from rapport.simulator.database import Directory


def main() -> int:
    """Serve until SIGINT or SIGTERM; the exit code."""
    try:
        settings = settings_module.load()
    except RapportError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    directory = Directory(settings)
    app = create_app(
        settings,
        settings.data_dir / "twin" / "log.jsonl",
        directory.last_seen_at,
        directory.contacts,
    )
    app.run("127.0.0.1", settings.twin_port, access_log=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())

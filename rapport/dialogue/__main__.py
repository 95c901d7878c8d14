"""`python -m rapport.dialogue`: doors and dialogue in one process, as `rasa run` serves them, but light.

`rasa run` imports all of Rasa's server, training included; this imports the agent alone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapport.settings import Settings, load

if TYPE_CHECKING:
    from rasa.core.channels.channel import InputChannel


def main() -> None:
    """Serve until stopped; one line on stderr and exit code 1 when it cannot start."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    from rapport import logs

    logs.silence_warnings()
    from rapport.dialogue.light import leave_out_unused
    from rapport.errors import RapportError

    leave_out_unused()
    try:
        settings = load()
        logs.configure(settings, "dialogue")
        serve(settings, Path.cwd())
    except RapportError as error:
        sys.exit(f"rapport: {error}")


def serve(settings: Settings, root: Path) -> None:
    """Serve the channels of `credentials.yml` until stopped. Raises RapportError before the start."""
    from rasa.core import channels
    from sanic import Sanic

    from rapport.dialogue import checks, models

    checks.check_classes(root)
    models.needed(root)
    app = Sanic("rapport", configure_logging=False)
    app.config.MOTD = False
    channels.channel.register(_channels(root), app, route="/webhooks/")

    @app.listener("before_server_start")
    async def load_model(app: Sanic, loop: Any) -> None:
        app.ctx.agent = await models.loaded(root)

    app.run(host="127.0.0.1", port=settings.port, access_log=False)


def _channels(root: Path) -> list[InputChannel]:
    import yaml
    from rasa.shared.utils.common import class_from_module_path

    credentials = yaml.safe_load((root / "credentials.yml").read_text())
    return [
        class_from_module_path(name).from_credentials(values)
        for name, values in credentials.items()
    ]


if __name__ == "__main__":
    main()

"""`python -m rapport.dialogue`: Rasa's server with our channel, as `rasa run` would start it, but light."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rapport.settings import Settings


def main() -> None:
    """Serve until stopped; one line on stderr and exit code 1 when it cannot start."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    from rapport.dialogue.light import leave_out_tensorflow

    leave_out_tensorflow()
    from rapport import logs
    from rapport.errors import RapportError
    from rapport.settings import load

    try:
        settings = load()
        logs.configure(settings)
        _serve(settings)
    except RapportError as error:
        sys.exit(f"rapport: {error}")


def _serve(settings: Settings) -> None:
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    from rapport.dialogue import checks, models
    from rapport.errors import RapportError

    root = Path.cwd()
    checks.check_classes(root)
    model = models.model_for(root)
    if model is None:
        raise RapportError("There is no model for the present training data; run: rapport train")
    serve_application(
        model_path=str(model),
        interface="127.0.0.1",
        port=settings.port,
        credentials=str(root / "credentials.yml"),
        endpoints=AvailableEndpoints.read_endpoints(str(root / "endpoints.yml")),
        enable_api=False,
    )


if __name__ == "__main__":
    main()

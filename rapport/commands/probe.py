"""Whether a process answers, asked as a stranger would: over its port."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any

from rapport.settings import Settings

SECONDS = 1.0


def is_ready(role: str, settings: Settings) -> bool:
    """True when the role is at work: a door that answers, a dialogue with a model and a database behind it."""
    if role == "dialogue":
        return health(settings, SECONDS)[0] == 200
    return listens(settings.port if role == "door" else settings.twin_port)


def health(settings: Settings, seconds: float = 5.0) -> tuple[int, dict[str, Any]]:
    """HTTP status and body of the health page; (0, {}) when nothing answers."""
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=seconds)
    try:
        connection.request("GET", "/health")
        response = connection.getresponse()
        return response.status, dict(json.loads(response.read()))
    except (OSError, http.client.HTTPException, ValueError, TypeError):
        return 0, {}
    finally:
        connection.close()


def listens(port: int) -> bool:
    """True when something accepts connections on the port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(SECONDS)
        return probe.connect_ex(("127.0.0.1", port)) == 0

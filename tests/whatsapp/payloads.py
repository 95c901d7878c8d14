"""Webhook bodies to start from: the files in tests/webhooks, and messages of one made-up customer."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rapport.whatsapp import webhook

PAYLOADS = Path(__file__).resolve().parents[1] / "webhooks"
AT = datetime.fromtimestamp(1790000000, timezone.utc)


def body_of(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def with_messages(*messages: Any) -> bytes:
    """A webhook with `messages` from Anna."""
    payload = json.loads(body_of("text"))
    payload["entry"][0]["changes"][0]["value"]["messages"] = list(messages)
    return json.dumps(payload).encode()


def text_message(**more: Any) -> dict[str, Any]:
    common = {"from": "15550100001", "id": "wamid.t", "timestamp": "1790000000", "type": "text"}
    return {**common, "text": {"body": "hello"}, **more}


def only(body: bytes) -> Any:
    (event,) = webhook.parse(body)
    return event

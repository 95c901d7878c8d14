"""The real thing in a box: twin, door and dialogue as processes of their own, on a database of their own."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg2

from rapport.commands import children
from rapport.settings import Settings, load

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 180.0
START_SECONDS = 300.0
"""Long enough for a machine that has much else to do: whoever waits well does not wait for their end."""
web = httpx.Client(timeout=60, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
"""One for all: to make one takes longer than to ask. It keeps no connection, servers come and go here."""
FIRST_PORT, LAST_PORT = 15_000, 32_000
"""Below those that outgoing connections take."""


@dataclass
class Service:
    """Twin, door and dialogue on free ports, as `rapport up` starts them.

    `dialogue_module` may name a control that must fail; without a `door_module` it has the doors itself.
    """

    database_url: str
    data_dir: Path
    dialogue_module: str = "rapport.dialogue.worker"
    door_module: str | None = "rapport.door"
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    port_base: int = field(default_factory=lambda: free_ports(2))
    seen: list[dict[str, Any]] = field(default_factory=list)
    read_up_to: int = 0

    @property
    def settings(self) -> Settings:
        return load(self._own_environment())

    def _own_environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "RAPPORT_DATA_DIR": str(self.data_dir),
            "RAPPORT_PORT_BASE": str(self.port_base),
            **self.environment,
        }

    def start(self) -> Service:
        self.start_twin()
        self.start_dialogue()
        return self

    def start_twin(self) -> None:
        self._spawn("twin", "rapport.simulator")
        until(lambda: self.answers(f"{self.settings.twin_url}/health"), START_SECONDS)

    def start_dialogue(self) -> None:
        """The dialogue, and the door if it is closed."""
        if "door" not in self.processes:
            self.spawn_door()
        self.spawn_dialogue()
        until(lambda: self.answers(f"{self.settings.url}/health"), START_SECONDS)

    def spawn_dialogue(self) -> None:
        self._spawn("dialogue", self.dialogue_module)

    def spawn_door(self) -> None:
        if self.door_module:
            self._spawn("door", self.door_module)

    def _spawn(self, role: str, module: str) -> None:
        log = (self.data_dir / f"{role}.log").open("ab")
        self.processes[role] = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env={**os.environ, **self._own_environment()},
            stdout=log,
            stderr=log,
            preexec_fn=children._die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )

    def kill(self, role: str = "dialogue") -> None:
        """A real crash: no handler runs, nothing is flushed."""
        process = self.processes.pop(role)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def answers(self, url: str) -> bool:
        for role, process in self.processes.items():
            assert process.poll() is None, f"{role} ended:\n{self.log_of(role)[-3000:]}"
        try:
            return web.get(url, timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def log_of(self, role: str) -> str:
        return (self.data_dir / f"{role}.log").read_text(errors="replace")

    # The customer's side: everything goes through the twin, as it would through Meta.

    def write(self, sender: str, text: str = "", **more: Any) -> str:
        """A customer's message; its wamid. Meta delivers it, again and again if need be."""
        message = {"from": sender, "type": "text", "text": text, **more}
        answer = web.post(f"{self.settings.twin_url}/twin/messages", json=message)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["wamid"])

    def twin_log(self) -> list[dict[str, Any]]:
        """All that Meta would have seen, in order; what was read before is not asked for again."""
        url = f"{self.settings.twin_url}/twin/log"
        while True:
            page = web.get(url, params={"since": self.read_up_to, "limit": 1000}).json()
            if not page["entries"]:
                return list(self.seen)
            self.seen += page["entries"]
            self.read_up_to = page["next"]

    def replies_to(self, address: str) -> list[dict[str, Any]]:
        """What the twin accepted for one customer, in order."""
        return [
            entry
            for entry in self.twin_log()
            if entry["kind"] == "accepted" and str(entry["to"]).lstrip("+") == address
        ]

    def wait_for_replies(self, address: str, count: int = 1) -> list[dict[str, Any]]:
        until(lambda: len(self.replies_to(address)) >= count)
        return self.replies_to(address)

    def ask(self, sender: str, text: str = "", **more: Any) -> dict[str, Any]:
        """Write and wait for the next reply."""
        before = len(self.replies_to(sender))
        self.write(sender, text, **more)
        return self.wait_for_replies(sender, before + 1)[before]

    def faults(self, **faults: Any) -> None:
        web.put(f"{self.settings.twin_url}/twin/faults", json=faults, timeout=10).raise_for_status()

    def database(
        self, query: str, *values: Any, rows: int | None = None, wait: bool = True
    ) -> list[tuple[Any, ...]]:
        """Rows of a query, waited for until there are `rows` of them."""
        found: list[tuple[Any, ...]] = []

        def enough() -> bool:
            found[:] = self._query(query, values)
            return rows is None or not wait or len(found) >= rows

        until(enough)
        return found

    def _query(self, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.database_url)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return list(cursor.fetchall())
        finally:
            connection.close()

    # The service's own door, past the twin.

    def post(self, body: bytes, signature: str | None = None) -> httpx.Response:
        proof = signature or signed(body, self.settings.app_secret)
        headers = {"X-Hub-Signature-256": proof.encode("latin-1")}
        return web.post(self.settings.webhook_url, content=body, headers=headers)


def signed(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def text_of(entry: dict[str, Any]) -> str:
    """The words of a message that the twin accepted."""
    payload = entry["payload"]
    content = payload[payload["type"]]
    return str(content.get("body") if payload["type"] == "text" else content["body"]["text"])


def titles_of(entry: dict[str, Any]) -> list[str]:
    """Titles of the buttons or rows of a message that the twin accepted."""
    return [choice["title"] for choice in choices_of(entry)]


def choices_of(entry: dict[str, Any]) -> list[dict[str, str]]:
    """Buttons or rows, each with id and title."""
    action = entry["payload"].get("interactive", {}).get("action", {})
    if "buttons" in action:
        return [button["reply"] for button in action["buttons"]]
    return [row for section in action.get("sections", []) for row in section["rows"]]


def text_webhook(sender: str, text: str, wamid: str, at: float | None = None) -> bytes:
    """A webhook with one text, as Meta would send it."""
    message = {
        "from": sender,
        "id": wamid,
        "timestamp": str(int(at or time.time())),
        "type": "text",
        "text": {"body": text},
    }
    return webhook_of([message], sender)


def webhook_of(messages: list[dict[str, Any]], sender: str) -> bytes:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"},
        "contacts": [{"profile": {"name": "Guest"}, "wa_id": sender}],
        "messages": messages,
    }
    change = {"value": value, "field": "messages"}
    entry = {"id": "102290129340398", "changes": [change]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def until(condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition; fail when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def free_ports(count: int) -> int:
    """The first of `count` free neighbouring ports; no two workers of one run are given the same."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        base = random.randrange(FIRST_PORT + worker * count, LAST_PORT, workers * count)
        if all(is_free(base + step) for step in range(count)):
            return base


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0

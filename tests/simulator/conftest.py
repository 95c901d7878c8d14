"""A running twin and a service that takes its webhooks, each on its own port."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, text

from rapport import settings as settings_module
from rapport.clock import utc_now
from rapport.settings import Settings
from rapport.simulator.app import create_app
from tests.service import free_ports

PATIENCE_SECONDS = 60.0
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nobody here speaks TLS; the usual context reads all the world's certificates, for each client anew."""
FICTIONAL = itertools.count(1000)

Sanic.test_mode = True  # otherwise one process can serve only one application after another


class Served:
    """A Sanic application on a thread of its own."""

    def __init__(self, app: Sanic, port: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._run(self._open(app, port))

    def _run(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE_SECONDS)

    async def _open(self, app: Sanic, port: int) -> None:
        self._server = await app.create_server(
            "127.0.0.1", port, return_asyncio_server=True, access_log=False
        )
        await self._server.startup()
        await self._server.before_start()
        await self._server.start_serving()
        await self._server.after_start()

    def stop(self) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_SECONDS)

    async def _close(self) -> None:
        await self._server.before_stop()
        self._server.close()
        for connection in list(self._server.connections):
            connection.close_if_idle()
        await self._server.after_stop()


class Service:
    """Takes webhooks as the product would; `answers` says with what, 200 when it is empty."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.bodies: list[bytes] = []
        self.answers: list[int] = []
        self.on_message: Callable[[dict[str, Any]], None] = lambda message: None
        self.app = Sanic(f"service-{uuid4().hex}", configure_logging=False)
        self.app.add_route(self.take, "/webhooks/whatsapp/webhook", methods=["POST"])

    async def take(self, request: Request) -> HTTPResponse:
        expected = hmac.new(
            self.settings.app_secret.encode(), request.body, hashlib.sha256
        ).hexdigest()
        assert request.headers["x-hub-signature-256"] == f"sha256={expected}"
        answer = self.answers.pop(0) if self.answers else 200
        if answer == 200:
            self.bodies.append(request.body)
            for value in self._values(request.body):
                for message in value.get("messages", []):
                    threading.Thread(target=self.on_message, args=(message,)).start()
        return text("", status=answer)

    @staticmethod
    def _values(body: bytes) -> Iterator[dict[str, Any]]:
        try:
            webhook = json.loads(body)
        except ValueError:
            return
        for entry in webhook["entry"]:
            for change in entry["changes"]:
                yield change["value"]

    @property
    def values(self) -> list[dict[str, Any]]:
        return [value for body in self.bodies for value in self._values(body)]

    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values for message in value.get("messages", [])]

    def statuses(self, wamid: str) -> list[str]:
        found = [status for value in self.values for status in value.get("statuses", [])]
        return [status["status"] for status in found if status["id"] == wamid]


class Playground:
    """The twin, the service, and hands for both sides."""

    def __init__(self, data_dir: Path) -> None:
        self.settings = settings_module.load(
            {"RAPPORT_DATA_DIR": str(data_dir), "RAPPORT_PORT_BASE": str(free_ports(2))}
        )
        self.log_path = data_dir / "twin" / "log.jsonl"
        self.witnessed: dict[str, datetime] = {}
        self.contacts: list[dict[str, Any]] = []
        self.skipped = timedelta(0)
        self.service = Service(self.settings)
        self._service = Served(self.service.app, self.settings.port)
        self.http = httpx.Client(
            base_url=self.settings.twin_url, timeout=PATIENCE_SECONDS, verify=PLAIN
        )
        self.start_twin()

    def start_twin(self) -> None:
        app = create_app(
            self.settings, self.log_path, self._witness, lambda: self.contacts, self._now
        )
        self._twin = Served(app, self.settings.twin_port)

    def stop_twin(self) -> None:
        self._twin.stop()

    def stop(self) -> None:
        self.http.close()
        self._twin.stop()
        self._service.stop()

    def _witness(self, phone: str | None, user_id: str | None) -> datetime | None:
        return self.witnessed.get(phone or "") or self.witnessed.get(user_id or "")

    def _now(self) -> datetime:
        return utc_now() + self.skipped

    # ---------------------------------------------------------------- as the business

    def graph(self, payload: Any, number: str | None = None) -> httpx.Response:
        path = f"/v25.0/{number or self.settings.phone_number_id}/messages"
        return self.http.post(path, json=payload, headers=self.bearer)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.settings.access_token}"}

    def send(self, to: str, body: str = "Hello", **more: Any) -> httpx.Response:
        return self.graph(
            {
                "messaging_product": "whatsapp",
                "to": to,
                "type": "text",
                "text": {"body": body},
                **more,
            }
        )

    # ---------------------------------------------------------------- as a customer

    def say(self, phone: str, body: str = "Hi", **more: Any) -> dict[str, Any]:
        wish = {"from": phone, "text": body, "wait": True, **more}
        answer = self.http.post("/twin/messages", json=wish)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def faults(self, **wishes: Any) -> None:
        assert self.http.put("/twin/faults", json=wishes).status_code == 200

    def change(self, phone: str, action: str, **more: Any) -> dict[str, Any]:
        answer = self.http.post(f"/twin/phones/{phone}", json={"action": action, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def log(self, kind: str) -> list[dict[str, Any]]:
        entries = self.http.get("/twin/log", params={"limit": 10_000}).json()["entries"]
        return [entry for entry in entries if entry["kind"] == kind]


def eventually(condition: Callable[[], Any]) -> Any:
    """What the condition returns once it holds; fails when it never does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
    return found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """One playground for the tables of a module; every row writes as somebody else."""
    playground = Playground(tmp_path_factory.mktemp("twin"))
    playground.faults(throughput=1000, no_statuses=True)
    yield playground
    playground.stop()


@pytest.fixture
def phone() -> str:
    """A fictional number that nobody else has."""
    return f"1202555{next(FICTIONAL):04d}"


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Playground]:
    playground = Playground(tmp_path)
    yield playground
    playground.stop()

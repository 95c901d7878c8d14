"""`rapport up`: everything on one machine; what must be true before anything is started."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterator
from typing import Any

import typer

from rapport import settings as environment
from rapport.commands import database, running
from rapport.errors import RapportError
from rapport.settings import Settings


def up(
    verbose: bool = typer.Option(False, "--verbose", help="Show what goes on, not only warnings."),
) -> None:
    """Start database, service and phone page; Ctrl-C stops them all."""
    # Somebody at a shell wants to see what is odd; who asks for more by either way gets it.
    os.environ.setdefault("RAPPORT_LOG_LEVEL", "info" if verbose else "warning")
    settings = environment.load()
    with running.only_one(settings):
        check_ports(settings)
        with _asked_to_stop() as stop, database.served(settings) as url:
            from rapport import logs
            from rapport.commands.supervisor import Supervisor

            logs.configure(settings, "up")
            database.check(url)
            Supervisor(settings, url, stop).run()


def check_ports(settings: Settings) -> None:
    """Raises RapportError naming a port that somebody else has."""
    ports = [settings.port, settings.twin_port] if settings.uses_twin else [settings.port]
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise RapportError(
                    f"Port {port} cannot be had ({error.strerror}); end what uses it, or set "
                    "RAPPORT_PORT_BASE to another number."
                ) from error


@contextlib.contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """Set by Ctrl-C, by a request to end and by a closed terminal, from here on no exceptions."""
    stop = threading.Event()

    def note(number: int, frame: Any) -> None:
        stop.set()

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    former = {number: signal.signal(number, note) for number in signals}
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)

"""`python -m rapport.door`: the routes in a process of their own, which no turn can keep waiting."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from sanic import Sanic

from rapport import logs
from rapport.conversation import waking
from rapport.conversation.waking import Waker
from rapport.door import desk, routes
from rapport.door.desk import Desk
from rapport.errors import RapportError
from rapport.settings import Settings, load

CONNECTIONS = 2
"""For waking; the rows have their own."""


def main() -> None:
    """Serve until stopped; one line on stderr and exit code 1 when it cannot start."""
    try:
        settings = load()
        logs.configure(settings, "door")
        url, sessions = desk.connect(settings)
    except RapportError as error:
        sys.exit(f"rapport: {error}")
    desk.rehearse(sessions)
    app = create_app(settings, Desk(sessions, Waker(waking.app_on(url, CONNECTIONS))))
    app.run(host="127.0.0.1", port=settings.port, access_log=False)


def create_app(settings: Settings, desk: Desk) -> Sanic:
    """The door as a web application."""
    app = Sanic("rapport-door", configure_logging=False)
    app.config.MOTD = False
    app.ctx.desk = desk
    routes.bound(app)
    app.blueprint(routes.whatsapp(settings), url_prefix="/webhooks/whatsapp")
    app.blueprint(routes.business(settings), url_prefix="/")

    @app.listener("before_server_start")
    async def begin(app: Sanic, _: Any) -> None:
        app.ctx.waking = asyncio.ensure_future(desk.waker.keep_open())

    @app.listener("after_server_stop")
    async def end(app: Sanic, _: Any) -> None:
        app.ctx.waking.cancel()
        await asyncio.gather(app.ctx.waking, return_exceptions=True)

    return app


if __name__ == "__main__":
    main()

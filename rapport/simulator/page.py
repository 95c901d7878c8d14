"""The phone page: a chat app in the browser, for whoever wants to write as a customer."""

from __future__ import annotations

import asyncio
import hashlib
import json as json_module
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, html, json, raw, text

from rapport.simulator import changes, inbound
from rapport.simulator.control import explain, refuse_strangers
from rapport.simulator.inbound import Impossible
from rapport.simulator.phonebook import Phonebook
from rapport.simulator.refusals import Refused
from rapport.simulator.taps import choices_of

blueprint = Blueprint("phone")
blueprint.middleware("request")(refuse_strangers)
blueprint.exception(Impossible, Refused)(explain)

HERE = Path(__file__).parent
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
SHOWN_INLINE = ("image/png", "image/jpeg", "image/webp")
KEEP_ALIVE_SECONDS = 15.0
FOREVER = "public, max-age=31536000, immutable"
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
ASSETS = {path.name: path.read_bytes() for path in sorted((HERE / "static").iterdir())}
DIGEST = hashlib.sha256(b"".join(ASSETS.values())).hexdigest()[:16]
PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(default=True)
)


@blueprint.middleware("response")
async def protect(request: Request, response: HTTPResponse) -> None:
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)


@blueprint.get("/")
async def show(request: Request) -> HTTPResponse:
    business = request.app.ctx.twin.settings.business_name
    page = PAGES.get_template("phone.html")
    return html(page.render(business=business, assets=f"/static/{DIGEST}"))


@blueprint.get("/static/<digest>/<name>")
async def asset(request: Request, digest: str, name: str) -> HTTPResponse:
    if digest != DIGEST or name not in ASSETS:
        return text("", status=404)
    headers = {"Cache-Control": FOREVER}
    return raw(ASSETS[name], content_type=TYPES[Path(name).suffix], headers=headers)


@blueprint.get("/phone/chats")
async def chats(request: Request) -> HTTPResponse:
    """Everybody one can write as, the latest chat first."""
    return json({"chats": await _phonebook(request).listing()})


@blueprint.post("/phone/chats")
async def meet(request: Request) -> HTTPResponse:
    """Somebody new with a fictional number; their key."""
    return json({"key": _phonebook(request).stranger()})


@blueprint.get("/phone/chats/<key>")
async def chat(request: Request, key: str) -> HTTPResponse:
    return json(await _phonebook(request).chat(key))


@blueprint.get("/phone/news")
async def news(request: Request) -> None:
    """Server-Sent Events: one whenever something happened; the page then asks what."""
    twin = request.app.ctx.twin
    stream = await request.respond(content_type="text/event-stream", headers=dict(SECURITY))
    while not twin.is_stopping:
        await stream.send(f"data: {len(twin.log)}\n\n")
        try:
            await asyncio.wait_for(twin.news.wait(), KEEP_ALIVE_SECONDS)
        except asyncio.TimeoutError:
            await stream.send(": still here\n\n")


@blueprint.post("/phone/chats/<key>/messages")
async def write(request: Request, key: str) -> HTTPResponse:
    """Text, a tap, a location or a reaction; `quote` is the id of the bubble that is answered."""
    wish = _object(request)
    person = await _phonebook(request).person(key)
    twin = request.app.ctx.twin
    kind = next((name for name in WISHES if name in wish), "text")
    entry, _ = inbound.say(twin, person, _quoted(request, wish) | WISHES[kind](request, wish))
    return json({"id": entry["seq"]})


@blueprint.post("/phone/chats/<key>/photo")
async def send_photo(request: Request, key: str) -> HTTPResponse:
    """A picture from the file system, with a caption or without."""
    person = await _phonebook(request).person(key)
    twin = request.app.ctx.twin
    file = request.files.get("photo") if request.files else None
    if file is None:
        raise Impossible("choose a picture first")
    if file.type not in {"image/png", "image/jpeg"}:
        raise Impossible("a picture must be a PNG or a JPEG")
    media = twin.media.keep(file.body, file.type, file.name)
    form = {name: values[0] for name, values in (request.form or {}).items()}
    wish = {"type": "image", "media_id": media["media_id"], "text": form.get("text", "")}
    entry, _ = inbound.say(twin, person, _quoted(request, form) | wish)
    return json({"id": entry["seq"]})


@blueprint.post("/phone/chats/<key>/settings")
async def change(request: Request, key: str) -> HTTPResponse:
    """block, unblock, stop, resume, change_number, hide_number, show_number, open_chat, close_chat."""
    wish = _object(request)
    person = await _phonebook(request).person(key)
    new_phone = str(wish.get("new_phone", ""))
    changes.act(request.app.ctx.twin, person, str(wish.get("action")), new_phone)
    return json({"key": person.key})


@blueprint.get("/phone/media/<media_id>")
async def media(request: Request, media_id: str) -> HTTPResponse:
    """A picture of the chat; anything else is only ever a download."""
    found = request.app.ctx.twin.media.read(media_id)
    if found is None:
        return text("", status=404)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    if found[1] not in SHOWN_INLINE:
        headers["Content-Disposition"] = "attachment"
    return raw(found[0], content_type=found[1], headers=headers)


def _phonebook(request: Request) -> Phonebook:
    return request.app.ctx.phonebook


def _object(request: Request) -> dict[str, Any]:
    try:
        wish = json_module.loads(request.body)
    except ValueError:
        wish = None
    if not isinstance(wish, dict):
        raise Impossible("send a JSON object")
    return wish


def _entry(request: Request, seq: Any) -> dict[str, Any]:
    """The message with this bubble id. Raises Impossible."""
    twin = request.app.ctx.twin
    if not str(seq).isdecimal() or not 1 <= int(seq) <= len(twin.log):
        raise Impossible("there is no such message")
    entry = twin.log.entries([int(seq)])[0]
    if entry["kind"] not in {"received", "accepted"}:
        raise Impossible("there is no such message")
    return dict(entry)


def _quoted(request: Request, wish: dict[str, Any]) -> dict[str, Any]:
    return {"context_wamid": _entry(request, wish["quote"])["wamid"]} if wish.get("quote") else {}


def _text(request: Request, wish: dict[str, Any]) -> dict[str, Any]:
    if not str(wish.get("text", "")).strip():
        raise Impossible("write something first")
    return {"type": "text", "text": str(wish["text"])}


def _tap(request: Request, wish: dict[str, Any]) -> dict[str, Any]:
    tap = inbound.nested(wish, "tap")
    entry = _entry(request, tap.get("id"))
    choices = list(choices_of(entry, request.app.ctx.twin.templates))
    number = tap.get("choice")
    if not isinstance(number, int) or not 0 <= number < len(choices):
        raise Impossible("there is no such button")
    return {"tap": choices[number]}


def _location(request: Request, wish: dict[str, Any]) -> dict[str, Any]:
    return {"type": "location", "location": wish["location"]}


def _reaction(request: Request, wish: dict[str, Any]) -> dict[str, Any]:
    given = inbound.nested(wish, "reaction")
    target = _entry(request, given.get("id"))["wamid"]
    emoji = str(given.get("emoji", ""))
    return {"type": "reaction", "reaction": {"message_id": target, "emoji": emoji}}


WISHES: dict[str, Callable[[Request, dict[str, Any]], dict[str, Any]]] = {
    "tap": _tap,
    "location": _location,
    "reaction": _reaction,
    "text": _text,
}

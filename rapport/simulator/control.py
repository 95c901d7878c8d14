"""The control API under /twin: act as a customer, read the log, order faults. Loopback only."""

from __future__ import annotations

import asyncio
import json as json_module
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json, text

from rapport.simulator import changes, faults
from rapport.simulator.delivery import Parcel
from rapport.simulator.inbound import Impossible, hand_over, person_of, say
from rapport.simulator.people import Person
from rapport.simulator.refusals import Refused
from rapport.simulator.twin import Twin

blueprint = Blueprint("control", url_prefix="/twin")
LOOPBACK = {"127.0.0.1", "::1"}
LOOPBACK_NAMES = {"127.0.0.1", "localhost", "[::1]"}
LOG_PAGE = 1000
DEFAULT_WAIT_SECONDS = 15.0


def is_from_this_machine(request: Request) -> bool:
    """True for a client of this machine that no foreign web page sent."""
    host = request.host.rpartition(":")[0] or request.host
    origin = request.headers.get("origin")
    is_own = origin in {None, f"http://{request.host}"}
    return request.ip in LOOPBACK and host in LOOPBACK_NAMES and is_own


@blueprint.middleware("request")
async def refuse_strangers(request: Request) -> HTTPResponse | None:
    return None if is_from_this_machine(request) else text("Loopback only", status=403)


@blueprint.exception(Impossible, Refused)
async def explain(request: Request, error: Exception) -> HTTPResponse:
    reason = error.details if isinstance(error, Refused) else str(error)
    return json({"error": reason}, status=422)


@blueprint.post("/messages")
async def write(request: Request) -> HTTPResponse:
    """A customer's message, as Meta would report it; with `wait`, the service's HTTP status."""
    twin, wish = _twin(request), _object(request)
    person = person_of(twin, wish.get("from"))
    entry, parcel = say(twin, person, wish)
    answer = {"wamid": entry["wamid"], "seq": entry["seq"], "user_id": person.user_id}
    if wish.get("wait"):
        answer["status"] = await _answer(parcel)
    return json(answer)


@blueprint.post("/webhook")
async def post_as_is(request: Request) -> HTTPResponse:
    """Any bytes, signed and delivered as they are; answers with the service's HTTP status."""
    entry, parcel = hand_over(_twin(request), request.body)
    return json({"seq": entry["seq"], "status": await _answer(parcel)})


@blueprint.get("/log")
async def read_log(request: Request) -> HTTPResponse:
    """Entries after `since`; at most `limit`, and `next` to go on with."""
    twin = _twin(request)
    since, limit = _number(request, "since", 0), _number(request, "limit", LOG_PAGE)
    entries = twin.log.since(since, min(limit, 10 * LOG_PAGE))
    return json({"entries": entries, "next": entries[-1]["seq"] if entries else since})


@blueprint.get("/faults")
async def read_faults(request: Request) -> HTTPResponse:
    return json(faults.as_json(_twin(request).faults))


@blueprint.put("/faults")
async def order_faults(request: Request) -> HTTPResponse:
    """Change the named faults; `{}` changes nothing, `{"reset": true}` begins afresh."""
    twin, wishes = _twin(request), _object(request)
    fresh = faults.Faults(throughput=twin.settings.messages_per_second)
    start = fresh if wishes.pop("reset", False) else twin.faults
    try:
        twin.faults = faults.changed(start, wishes)
    except ValueError as error:
        raise Impossible(str(error)) from error
    return json(faults.as_json(twin.faults))


@blueprint.post("/phones/<phone>")
async def change_phone(request: Request, phone: str) -> HTTPResponse:
    """block, unblock, stop, resume, change_number, hide_number, show_number, open_chat, close_chat."""
    twin, wish = _twin(request), _object(request)
    person = person_of(twin, phone)
    changes.act(twin, person, str(wish.get("action")), str(wish.get("new_phone", "")))
    return json(_as_json(person))


@blueprint.get("/phones/<phone>")
async def read_phone(request: Request, phone: str) -> HTTPResponse:
    return json(_as_json(person_of(_twin(request), phone)))


@blueprint.post("/media")
async def keep_media(request: Request) -> HTTPResponse:
    """Raw bytes of a customer's file with their Content-Type; answers with its media id."""
    kind = request.headers.get("content-type", "")
    name = request.args.get("filename", "")
    entry = _twin(request).media.keep(request.body, kind, name)
    return json({"media_id": entry["media_id"]})


def _as_json(person: Person) -> dict[str, Any]:
    seen_at = person.last_inbound_at
    return {
        "phone": person.phone,
        "user_id": person.user_id,
        "name": person.name,
        "is_blocking": person.is_blocking,
        "has_stopped_marketing": person.has_stopped_marketing,
        "is_username_only": person.is_username_only,
        "last_inbound_at": seen_at.isoformat() if seen_at else None,
    }


def _twin(request: Request) -> Twin:
    return request.app.ctx.twin


def _object(request: Request) -> dict[str, Any]:
    try:
        wish = json_module.loads(request.body)
    except ValueError:
        wish = None
    if not isinstance(wish, dict):
        raise Impossible("send a JSON object")
    return wish


def _number(request: Request, name: str, default: int) -> int:
    given = request.args.get(name, str(default))
    if not given.isdecimal():
        raise Impossible(f"{name} must be a whole number")
    return int(given)


async def _answer(parcel: Parcel) -> int | None:
    """The service's answer to the first attempt, None when there was none in time."""
    try:
        return await asyncio.wait_for(asyncio.shield(parcel.answer), DEFAULT_WAIT_SECONDS)
    except asyncio.TimeoutError:
        return None

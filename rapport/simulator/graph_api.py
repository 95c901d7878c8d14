"""The Graph API's routes: messages, media, and what can be read about the number."""

from __future__ import annotations

import asyncio
import hmac
import json as json_module
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json, raw, text

from rapport.simulator.faults import Faults
from rapport.simulator.nodes import debug_token, phone_number, subscribed_apps, waba
from rapport.simulator.refusals import Refused, body_of, malformed, missing, no_such_object
from rapport.simulator.twin import Twin

blueprint = Blueprint("graph")
VERSION = r"/<version:v\d[\d.]*>"


def twin_of(request: Request) -> Twin:
    return request.app.ctx.twin


@blueprint.exception(Refused)
async def refuse(request: Request, refused: Refused) -> HTTPResponse:
    return json(body_of(refused), status=refused.status)


@blueprint.post(VERSION + "/<node>/messages")
@blueprint.post(VERSION + "/<node>/marketing_messages", name="send_marketing")
async def send(request: Request, version: str, node: str) -> HTTPResponse:
    """Meta's answer to a message or a read receipt, or the fault that was asked for."""
    twin = twin_of(request)
    faults = twin.faults
    if faults.refuse_connections:
        return _hang_up(request)
    if twin.take("fail_next"):
        return json(_broken(faults), status=faults.fail_status)
    check_token(request)
    _check_own_number(twin, node)
    payload = body_in(request)
    if isinstance(payload, dict) and payload.get("status") == "read":
        twin.mark_read(payload)
        return json({"success": True})
    if twin.take("refuse_next"):
        raise twin.refuse(payload, faults.refuse_code)
    answer = await twin.send(payload)
    if twin.take("hang_next"):
        await asyncio.sleep(faults.hang_seconds)
    return json(answer)


@blueprint.post(VERSION + "/<node>/media")
async def upload(request: Request, version: str, node: str) -> HTTPResponse:
    check_token(request)
    twin = twin_of(request)
    _check_own_number(twin, node)
    file = request.files.get("file") if request.files else None
    if request.form is None or request.form.get("messaging_product") != "whatsapp":
        raise malformed("messaging_product", "is required and must be 'whatsapp'.")
    if file is None:
        raise missing("file")
    entry = twin.media.keep(file.body, request.form.get("type") or file.type, file.name)
    return json({"id": entry["media_id"]})


@blueprint.get("/whatsapp_business/attachments/")
async def download(request: Request) -> HTTPResponse:
    """The bytes behind a media URL; 404 when it is older than five minutes."""
    check_token(request)
    wanted = [request.args.get(name, "") for name in ("mid", "ext", "hash")]
    found = twin_of(request).media.download(*wanted)
    if found is None:
        return text("", status=404)
    return raw(found[0], content_type=found[1])


@blueprint.get(VERSION + "/debug_token")
async def token(request: Request, version: str) -> HTTPResponse:
    check_token(request)
    twin = twin_of(request)
    given = request.args.get("input_token", "")
    return json(debug_token(is_ours(given, twin.settings.access_token)))


@blueprint.get(VERSION + "/<node>")
async def read(request: Request, version: str, node: str) -> HTTPResponse:
    """The business number, the business account, or a media file."""
    check_token(request)
    twin = twin_of(request)
    fields = [name for name in request.args.get("fields", "").split(",") if name]
    if node == twin.settings.phone_number_id:
        return json(phone_number(twin, fields))
    if node == twin.settings.business_account_id:
        return json(waba(twin, fields))
    return json(twin.media.describe(node))


@blueprint.delete(VERSION + "/<node>")
async def forget_media(request: Request, version: str, node: str) -> HTTPResponse:
    check_token(request)
    twin_of(request).media.forget(node)
    return json({"success": True})


@blueprint.get(VERSION + "/<node>/<edge>")
async def read_edge(request: Request, version: str, node: str, edge: str) -> HTTPResponse:
    """Lists of the business account: templates and numbers."""
    check_token(request)
    twin = twin_of(request)
    if node != twin.settings.business_account_id:
        raise no_such_object(node)
    if edge == "phone_numbers":
        return json({"data": [phone_number(twin, [])]})
    if edge == "message_templates":
        name = request.args.get("name")
        found = [item for item in twin.templates if name in {None, item["name"]}]
        return json({"data": found, "paging": {"cursors": {"before": "MAZDZD", "after": "MjQZD"}}})
    raise no_such_object(node)


@blueprint.route(VERSION + "/<node>/subscribed_apps", methods=["GET", "POST"])
async def subscriptions(request: Request, version: str, node: str) -> HTTPResponse:
    check_token(request)
    if node != twin_of(request).settings.business_account_id:
        raise no_such_object(node)
    return json(subscribed_apps() if request.method == "GET" else {"success": True})


def check_token(request: Request) -> None:
    """Raises Refused (401) unless the request carries the access token."""
    given = request.token or request.args.get("access_token")
    if not given:
        raise Refused(104)
    if not is_ours(given, twin_of(request).settings.access_token):
        raise Refused(190, "Invalid OAuth access token - Cannot parse access token")


def is_ours(given: str, access_token: str) -> bool:
    return hmac.compare_digest(given.encode(), access_token.encode())


def body_in(request: Request) -> Any:
    """The JSON of the request. Raises Refused (100)."""
    try:
        return json_module.loads(request.body, parse_constant=lambda name: None)
    except ValueError:
        raise Refused(100, "The request body is not valid JSON.") from None


def _check_own_number(twin: Twin, node: str) -> None:
    if node != twin.settings.phone_number_id:
        raise no_such_object(node)


def _broken(faults: Faults) -> dict[str, Any]:
    code = 131016 if faults.fail_status == 503 else 131000
    return body_of(Refused(code, "An unknown error has occurred."))


def _hang_up(request: Request) -> HTTPResponse:
    request.transport.abort()
    return text("", status=503)

"""Whether a business number is ready: what Meta says of token, permissions, number and subscription."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rapport.errors import SendError
from rapport.settings import Settings
from rapport.whatsapp.client import Cloud

PERMISSIONS = {
    "whatsapp_business_messaging": "sends messages and receives them",
    "whatsapp_business_management": "receives every other webhook, opt-outs in WhatsApp included",
}
"""Meta, webhooks overview of 2026-09-11: `messages` needs the first, every other field the second."""

NUMBER_FIELDS = (
    "display_phone_number,verified_name,quality_rating,status,name_status,"
    "code_verification_status,platform_type,health_status,webhook_configuration"
)
SHORT_LIFE = timedelta(days=7)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `told` is what Meta says, `fix` what to do when it is not well."""

    name: str
    is_ok: bool
    told: str
    fix: str = ""


async def examine(cloud: Cloud, settings: Settings, now: datetime) -> list[Finding]:
    """Every finding about the configured number, in the order in which to mend them."""
    findings = await _asked("token", lambda: _token(cloud, settings, now), _fix_token())
    if not findings[0].is_ok:
        return findings
    findings += await _asked("app secret", lambda: _secret(cloud, settings), _fix_secret())
    findings += await _asked("number", lambda: _number(cloud, settings), _fix_number())
    return findings + await _asked("subscription", lambda: _apps(cloud, settings), _fix_account())


async def _asked(name: str, ask: Callable[[], Awaitable[list[Finding]]], fix: str) -> list[Finding]:
    try:
        return await ask()
    except SendError as error:
        return [Finding(name, False, f"Meta refused to tell ({error})", fix)]


async def _token(cloud: Cloud, settings: Settings, now: datetime) -> list[Finding]:
    answer = await cloud.get("debug_token", input_token=settings.access_token)
    data = answer.get("data") or {}
    if not data.get("is_valid"):
        reason = (data.get("error") or {}).get("message") or "invalid"
        return [Finding("token", False, str(reason), _fix_token())]
    granted = set(data.get("scopes") or [])
    return [_life(data, now), *(_permission(name, granted) for name in PERMISSIONS)]


def _life(data: dict[str, Any], now: datetime) -> Finding:
    """`expires_at` is Unix seconds, 0 for never."""
    ends = int(data.get("expires_at") or 0)
    if not ends:
        return Finding("token", True, "valid, never expires")
    left = datetime.fromtimestamp(ends, now.tzinfo) - now
    told = f"valid, expires in {left.days} days"
    return Finding("token", left > SHORT_LIFE, told, "" if left > SHORT_LIFE else _fix_token())


def _permission(name: str, granted: set[str]) -> Finding:
    if name in granted:
        return Finding(name, True, PERMISSIONS[name])
    fix = f"Grant {name} when you generate the token of the system user."
    return Finding(name, False, "not granted", fix)


async def _secret(cloud: Cloud, settings: Settings) -> list[Finding]:
    """Meta refuses a proof made with another app's secret (Graph API, securing requests)."""
    key, token = settings.app_secret.encode(), settings.access_token.encode()
    proof = hmac.new(key, token, hashlib.sha256).hexdigest()
    await cloud.get(settings.phone_number_id, fields="id", appsecret_proof=proof)
    return [Finding("app secret", True, "belongs to the token's app")]


async def _number(cloud: Cloud, settings: Settings) -> list[Finding]:
    number = await cloud.get(settings.phone_number_id, fields=NUMBER_FIELDS)
    named = f"{number.get('verified_name')}, {number.get('display_phone_number')}"
    return [
        Finding("number", True, named),
        _word(number, "status", {"CONNECTED"}, "Register the number: POST /<number id>/register."),
        _word(
            number,
            "code_verification_status",
            {"VERIFIED"},
            "Verify the number in WhatsApp Manager > Phone numbers.",
        ),
        _word(
            number,
            "name_status",
            {"APPROVED", "AVAILABLE_WITHOUT_REVIEW"},
            "Have the display name approved in WhatsApp Manager.",
        ),
        _word(
            number,
            "quality_rating",
            {"GREEN", "YELLOW", "UNKNOWN", "NA"},
            "Send less, and only what people expect, until the rating recovers.",
        ),
        _health(number),
        _webhook(number),
    ]


def _word(number: dict[str, Any], field: str, good: set[str], fix: str) -> Finding:
    """A field that Meta does not tell is no fault of the number's."""
    word = number.get(field)
    is_ok = word is None or word in good
    return Finding(field, is_ok, str(word or "not told"), "" if is_ok else fix)


def _health(number: dict[str, Any]) -> Finding:
    """Meta (health status, 2025-10-22): AVAILABLE, LIMITED or BLOCKED, with a solution per entity."""
    health = number.get("health_status") or {}
    word = health.get("can_send_message", "not told")
    fixes = [
        f"{entity.get('entity_type')}: {error.get('possible_solution') or error.get('error_code')}"
        for entity in health.get("entities") or []
        for error in entity.get("errors") or []
    ]
    is_ok = word in {"AVAILABLE", "not told"}
    fix = "; ".join(fixes) or "See WhatsApp Manager > Overview."
    return Finding("can_send_message", is_ok, str(word), "" if is_ok else fix)


def _webhook(number: dict[str, Any]) -> Finding:
    """The most particular callback address counts: the number's, the account's, the app's."""
    given = number.get("webhook_configuration") or {}
    places = ("phone_number", "whatsapp_business_account", "application")
    url = next((given[place] for place in places if given.get(place)), None)
    if url:
        return Finding("webhook", True, str(url))
    fix = "Enter the service's public address and WHATSAPP_VERIFY_TOKEN in the app: WhatsApp > Configuration."
    return Finding("webhook", False, "no callback address", fix)


async def _apps(cloud: Cloud, settings: Settings) -> list[Finding]:
    """Meta, managing webhooks of 2026-05-21: a verified address alone delivers nothing."""
    numbers = await cloud.get(f"{settings.business_account_id}/phone_numbers", fields="id")
    owned = settings.phone_number_id in {item.get("id") for item in numbers.get("data") or []}
    fix = "" if owned else _fix_account()
    account = Finding("account", owned, "has the number" if owned else "has other numbers", fix)
    answer = await cloud.get(f"{settings.business_account_id}/subscribed_apps")
    apps = [item.get("whatsapp_business_api_data") or {} for item in answer.get("data") or []]
    names = ", ".join(str(app.get("name")) for app in apps)
    wish = f"Subscribe the app: POST /{settings.business_account_id}/subscribed_apps."
    return [account, Finding("subscription", bool(apps), names or "no app", "" if apps else wish)]


def _fix_token() -> str:
    return "Generate a permanent token for a system user (Business settings) and set WHATSAPP_ACCESS_TOKEN."


def _fix_secret() -> str:
    return "Copy App settings > Basic > App secret of the token's app to WHATSAPP_APP_SECRET."


def _fix_number() -> str:
    return "Copy the phone number ID (not the number) to WHATSAPP_PHONE_NUMBER_ID, and assign it to the token's system user."


def _fix_account() -> str:
    return "Copy the ID of the account that owns the number to WHATSAPP_BUSINESS_ACCOUNT_ID."

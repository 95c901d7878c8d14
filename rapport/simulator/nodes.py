"""What the Graph API tells about the number, the account and the token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rapport.simulator.refusals import Refused

if TYPE_CHECKING:
    from rapport.simulator.twin import Twin

DEFAULT_FIELDS = ("verified_name", "display_phone_number", "quality_rating")
SCOPES = ["whatsapp_business_management", "whatsapp_business_messaging"]
APP = {"id": "670843887433847", "name": "Twin", "link": "https://www.facebook.com/games/?app_id=1"}
TIERS = {250: "TIER_250", 2000: "TIER_2K", 10_000: "TIER_10K", 100_000: "TIER_100K"}


def phone_number(twin: Twin, fields: list[str]) -> dict[str, Any]:
    """The business number with the fields asked for. Raises Refused for one that does not exist."""
    limit = twin.faults.messaging_limit
    known: dict[str, Any] = {
        "verified_name": twin.settings.business_name,
        "display_phone_number": "+1 555-078-3881",
        "quality_rating": "GREEN",
        "quality_score": {"score": "GREEN"},
        "status": "CONNECTED",
        "name_status": "APPROVED",
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "account_mode": "LIVE",
        "is_official_business_account": False,
        "throughput": {"level": "STANDARD" if twin.faults.throughput <= 80 else "HIGH"},
        "whatsapp_business_manager_messaging_limit": (
            "TIER_UNLIMITED" if limit is None else TIERS.get(limit, f"TIER_{limit}")
        ),
        "health_status": _health(twin),
        "webhook_configuration": {"application": twin.settings.webhook_url},
    }
    return _chosen(twin.settings.phone_number_id, known, fields or list(DEFAULT_FIELDS))


def waba(twin: Twin, fields: list[str]) -> dict[str, Any]:
    """The business account with the fields asked for. Raises Refused for one that does not exist."""
    known = {
        "name": twin.settings.business_name,
        "timezone_id": "1",
        "message_template_namespace": "twin",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "currency": "EUR",
        "health_status": _health(twin),
    }
    default = ["name", "timezone_id", "message_template_namespace"]
    return _chosen(twin.settings.business_account_id, known, fields or default)


def debug_token(is_valid: bool) -> dict[str, Any]:
    """What Meta tells about a token."""
    if not is_valid:
        error = {"code": 190, "message": "Invalid OAuth access token.", "subcode": 463}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    return {
        "data": {
            "app_id": APP["id"],
            "application": APP["name"],
            "type": "SYSTEM_USER",
            "expires_at": 0,
            "data_access_expires_at": 0,
            "is_valid": True,
            "scopes": SCOPES,
            "granular_scopes": [{"scope": scope} for scope in SCOPES],
        }
    }


def subscribed_apps() -> dict[str, Any]:
    return {"data": [{"whatsapp_business_api_data": APP}]}


def _health(twin: Twin) -> dict[str, Any]:
    entities = [
        {"entity_type": kind, "id": node, "can_send_message": "AVAILABLE"}
        for kind, node in (
            ("PHONE_NUMBER", twin.settings.phone_number_id),
            ("WABA", twin.settings.business_account_id),
            ("APP", APP["id"]),
        )
    ]
    return {"can_send_message": "AVAILABLE", "entities": entities}


def _chosen(node: str, known: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    names = [name.split("{")[0].split(".")[0].strip() for name in fields]
    for name in names:
        if name not in known and name != "id":
            raise Refused(100, f"Tried accessing nonexisting field ({name[:60]}).")
    return {**{name: known[name] for name in names if name != "id"}, "id": node}

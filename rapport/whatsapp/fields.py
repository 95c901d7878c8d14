"""The fields of webhooks, and how to tell one that is not named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rapport.whatsapp import scalars

MESSAGES = "messages"
FIELDS = {
    "account_alerts",
    "account_review_update",
    "account_settings_update",
    "account_update",
    "automatic_events",
    "business_capability_update",
    "business_username_updates",
    "calls",
    "flows",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "history",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "messages",
    "partner_solutions",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "smb_app_state_sync",
    "smb_message_echoes",
    "template_category_update",
    "user_id_update",
    "user_preferences",
}
"""Fields of Meta's webhook overview of September 2026 and of the pages beside it."""

FIELD_BY_KEY = {
    "user_preferences": "user_preferences",
    "user_id_update": "user_id_update",
    "messages": MESSAGES,
    "statuses": MESSAGES,
    "errors": MESSAGES,
    "new_quality_score": "message_template_quality_update",
    "message_echoes": "smb_message_echoes",
    "alert_info": "account_alerts",
    "max_phone_numbers_per_business": "business_capability_update",
    "max_daily_conversation_per_phone": "business_capability_update",
    "requested_verified_name": "phone_number_name_update",
    "correct_category": "template_category_update",
    "previous_category": "template_category_update",
    "current_limit": "phone_number_quality_update",
    "restriction_info": "account_update",
    "violation_info": "account_update",
    "ban_info": "account_update",
}
"""Where a change lacks its field, a key that only one field has tells it."""

_KINDS = ("event", "decision", "new_quality_score", "new_category", "type")


def field_of(*holders: dict[str, Any]) -> str:
    """The field that the first of `holders` names; without a name, the one that the last one's keys tell; else ""."""
    value = holders[-1]
    if "new_quality_score" in value:  # seen under the field of a template's status
        return FIELD_BY_KEY["new_quality_score"]
    named = [scalars.line(holder.get("field"), 128) for holder in holders]
    told = [field for key, field in FIELD_BY_KEY.items() if key in value]
    return next((field for field in [*named, *told] if field), "")


def kind_of(value: dict[str, Any]) -> str:
    """The word that tells most about a notice: its event, decision, score or alert; "" when it has none."""
    alert = scalars.mapping(value.get("alert_info")).get("alert_type")
    words: Iterable[object] = (*map(value.get, _KINDS), alert)
    return next((word for word in map(scalars.line, words) if word), "")

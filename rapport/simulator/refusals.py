"""How Meta says no: codes, titles, HTTP statuses and the two shapes of an error."""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

HELP = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


class Kind(NamedTuple):
    """The title Meta gives a code and the HTTP status it comes with."""

    title: str
    status: int = 400


KINDS = {
    1: Kind("API Unknown", 400),
    2: Kind("API Service", 503),
    4: Kind("API Too Many Calls", 429),
    10: Kind("Permission Denied", 403),
    33: Kind("Parameter value is not valid"),
    100: Kind("Invalid parameter"),
    104: Kind("An access token is required to request this resource.", 401),
    190: Kind("Invalid OAuth access token", 401),
    200: Kind("API Permission", 403),
    368: Kind("Temporarily blocked for policies violations", 403),
    80007: Kind("Rate limit issues", 429),
    130403: Kind("User is blocked"),
    130429: Kind("Rate limit hit", 429),
    130472: Kind("User's number is part of an experiment"),
    130497: Kind("Business account is restricted from messaging users in this country", 403),
    131000: Kind("Something went wrong", 500),
    131005: Kind("Access denied", 403),
    131008: Kind("Required parameter is missing"),
    131009: Kind("Parameter value is not valid"),
    131016: Kind("Service unavailable", 503),
    131021: Kind("Recipient cannot be sender"),
    131026: Kind("Message undeliverable"),
    131031: Kind("Account has been locked", 403),
    131037: Kind(
        "WhatsApp provided number needs display name approval before message can be sent."
    ),
    131042: Kind("Business eligibility payment issue"),
    131045: Kind("Incorrect certificate", 500),
    131047: Kind("Re-engagement message"),
    131048: Kind("Spam rate limit hit"),
    131049: Kind("This message was not delivered to maintain healthy ecosystem engagement."),
    131050: Kind("User has stopped marketing messages from this business"),
    131051: Kind("Unsupported message type"),
    131052: Kind("Media download error"),
    131053: Kind("Media upload error"),
    131056: Kind("(Business Account, Consumer Account) pair rate limit hit", 429),
    131057: Kind("Account in maintenance mode", 500),
    131062: Kind("Business-scoped user ID is not supported for this message"),
    131063: Kind("Marketing messages are disabled on Cloud API"),
    131064: Kind("Messaging limited for template mis-categorization"),
    132000: Kind("Number of parameters does not match the expected number of params"),
    132001: Kind("Template name does not exist in the translation", 404),
    132005: Kind("Template hydrated text too long"),
    132007: Kind("Template format character policy violated"),
    132012: Kind("Parameter format does not match format in the created template"),
    132015: Kind("Template is paused"),
    132016: Kind("Template is disabled"),
    132018: Kind("There's an issue with the parameters in your template"),
    133004: Kind("Server temporarily unavailable", 503),
    133010: Kind("Phone number not registered"),
    135000: Kind("Generic user error"),
}
"""Titles as Meta's error page words them. Meta does not publish the HTTP status of throttling: 429 is ours."""


class Refused(Exception):
    """Meta's answer is an error; `details` names the parameter or the reason."""

    def __init__(
        self, code: int, details: str = "", *, subcode: int | None = None, status: int | None = None
    ) -> None:
        super().__init__(f"(#{code}) {details}")
        self.code, self.details, self.subcode = code, details, subcode
        self.status = status or KINDS.get(code, KINDS[135000]).status

    @property
    def is_of_the_graph(self) -> bool:
        """The Graph API's own refusals (token, node) carry no `error_data`."""
        return self.code in {104, 190} or self.subcode is not None

    @property
    def title(self) -> str:
        return KINDS.get(self.code, KINDS[135000]).title


def missing(parameter: str) -> Refused:
    """131008 for a parameter that is absent or empty."""
    return Refused(131008, f"Parameter '{parameter}' is mandatory and missing or empty.")


def invalid(parameter: str, why: str) -> Refused:
    """131009 for a parameter whose value does not do."""
    return Refused(131009, f"Parameter '{parameter}' {why}")


def malformed(parameter: str, why: str) -> Refused:
    """100 for a request that is not built as the API wants it."""
    return Refused(100, f"Param {parameter} {why}")


def no_such_object(node: str) -> Refused:
    """100/33 for a node that does not exist or that the token may not see."""
    return Refused(
        100,
        f"Unsupported request. Object with ID '{node}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation.",
        subcode=33,
    )


def body_of(refused: Refused) -> dict[str, Any]:
    """The JSON body of an HTTP error, in Meta's shape."""
    error: dict[str, Any] = {
        "message": f"(#{refused.code}) {refused.title}",
        "type": "OAuthException",
        "code": refused.code,
        "fbtrace_id": "A" + secrets.token_urlsafe(16),
    }
    if refused.is_of_the_graph:
        error["message"] = refused.details or refused.title
    else:
        error["error_data"] = {"messaging_product": "whatsapp", "details": refused.details}
    if refused.subcode is not None:
        error["error_subcode"] = refused.subcode
    return {"error": error}


def in_a_status(refused: Refused) -> dict[str, Any]:
    """The same fault as an element of `statuses[].errors`."""
    return {
        "code": refused.code,
        "title": refused.title,
        "message": refused.title,
        "error_data": {"details": refused.details or refused.title},
        "href": HELP,
    }

"""Template messages: found in the catalogue, and with the parameters it was approved for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rapport.simulator.fields import mapping, required, text
from rapport.simulator.refusals import Refused, invalid

Template = dict[str, Any]
VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
HYDRATED_LENGTH = {"body": 1024, "header": 60}
UNPRINTABLE = re.compile(r"[\n\t\r]| {5,}")
SENDABLE = {"APPROVED"}
STOPPED = {"PAUSED": 132015, "DISABLED": 132016}


def find(value: Any, templates: Sequence[Template]) -> Template:
    """The approved template a message names. Raises Refused (132001, 132015, 132016)."""
    holder = mapping(value, "template")
    name = text(holder, "name", "template", 512)
    language = mapping(required(holder, "language", "template"), "template['language']")
    code = text(language, "code", "template['language']", 20)
    for template in templates:
        if (template["name"], template["language"]) == (name, code):
            if template["status"] in STOPPED:
                raise Refused(STOPPED[template["status"]], f"template name ({name})")
            if template["status"] in SENDABLE:
                return template
    raise Refused(132001, f"template name ({name}) does not exist in {code}")


def check(value: Any, templates: Sequence[Template]) -> None:
    """Raises Refused unless the template exists and gets the parameters it was approved for."""
    template = find(value, templates)
    given = value.get("components", [])
    if not isinstance(given, list):
        raise invalid("template['components']", "must be a list.")
    sent = [mapping(component, "template['components']") for component in given]
    for component in template["components"]:
        kind = str(component["type"]).lower()
        if kind in HYDRATED_LENGTH:
            _check_text(kind, component, _parameters(sent, kind), template)
        elif kind == "buttons":
            _check_buttons(component["buttons"], sent)


def variables(pattern: str) -> list[str]:
    """The variables of a template text, each once, in order: ['1', '2'] or names."""
    return list(dict.fromkeys(VARIABLE.findall(pattern)))


def hydrated(pattern: str, parameters: Sequence[dict[str, Any]]) -> str:
    """The text with its variables filled, as the user reads it."""
    values = {
        str(parameter.get("parameter_name") or number): _shown(parameter)
        for number, parameter in enumerate(parameters, 1)
    }
    return VARIABLE.sub(lambda match: values.get(match[1], match[0]), pattern)


def parameters_of(value: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The parameters a message gives for its header or body."""
    return _parameters(value.get("components", []), kind)


def _shown(parameter: dict[str, Any]) -> str:
    held = parameter.get(str(parameter.get("type")))
    return str(held.get("fallback_value", "")) if isinstance(held, dict) else str(held)


def _parameters(components: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    for component in components:
        if str(component.get("type", "")).lower() == kind:
            parameters = component.get("parameters", [])
            if not isinstance(parameters, list):
                raise invalid(f"{kind}['parameters']", "must be a list.")
            return [mapping(parameter, f"{kind}['parameters']") for parameter in parameters]
    return []


def _check_text(
    kind: str, component: dict[str, Any], given: list[dict[str, Any]], template: Template
) -> None:
    expected_format = component.get("format", "TEXT")
    if expected_format != "TEXT":
        _check_media_header(expected_format, given)
        return
    names = variables(component["text"])
    if len(given) != len(names):
        raise Refused(
            132000,
            f"{kind}: number of localizable_params ({len(given)}) does not match the expected "
            f"number of params ({len(names)})",
        )
    for parameter in given:
        _check_parameter(kind, parameter, names, template)
    if len(hydrated(component["text"], given)) > HYDRATED_LENGTH[kind]:
        raise Refused(132005, f"{kind}: the translated text is too long")


def _check_media_header(expected: str, given: list[dict[str, Any]]) -> None:
    if len(given) != 1:
        raise Refused(132012, f"header: Format mismatch, expected {expected}, received UNKNOWN")
    received = str(given[0].get("type", "unknown")).upper()
    if received != expected:
        raise Refused(132012, f"header: Format mismatch, expected {expected}, received {received}")


def _check_parameter(
    kind: str, parameter: dict[str, Any], names: list[str], template: Template
) -> None:
    type_ = parameter.get("type")
    if type_ not in {"text", "currency", "date_time"}:
        raise Refused(132012, f"{kind}: Format mismatch, expected TEXT, received {type_}")
    if type_ == "text":
        value = required(parameter, "text", kind)
        if not isinstance(value, str):
            raise invalid(f"{kind}['text']", "must be a string.")
        if UNPRINTABLE.search(value):
            raise Refused(
                132018,
                "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
            )
    if template.get("parameter_format") == "NAMED" and parameter.get("parameter_name") not in names:
        raise Refused(100, f"{kind}: Parameter name is missing or is not one of {names}")


def _check_buttons(buttons: list[dict[str, Any]], sent: list[dict[str, Any]]) -> None:
    given = {
        str(component.get("index")): component
        for component in sent
        if str(component.get("type", "")).lower() == "button"
    }
    for index, component in given.items():
        if not index.isdecimal() or int(index) >= len(buttons):
            raise Refused(132012, f"button index {index} is not in the template")
        expected = str(buttons[int(index)]["type"]).lower()
        if str(component.get("sub_type", "")).lower() != expected:
            raise Refused(132012, f"button at index {index} must be of type {expected}")
    for number, button in enumerate(buttons):
        if button["type"] == "URL" and variables(button["url"]) and str(number) not in given:
            raise Refused(131008, f"Button at index {number} of type Url requires a parameter")

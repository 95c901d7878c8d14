"""Payload files read offline: one row per event, a reason where something is not recognised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rapport.whatsapp.check import check_files, is_well_formed
from tests.conftest import SHARED

PAYLOADS = Path(__file__).resolve().parents[1] / "webhooks"
WHOLE = json.loads((PAYLOADS / "text.json").read_text())
ENTRY = WHOLE["entry"][0]
CHANGE = ENTRY["changes"][0]
MESSAGE = CHANGE["value"]["messages"][0]
STATUS = json.loads((PAYLOADS / "status_read.json").read_text())["entry"][0]["changes"][0]["value"][
    "statuses"
][0]
KEYS = ["file", "kind", "type", "wamid", "from", "user_id", "text"]
SAID = ("message", "text", "wamid.text1", "15550100001", "US.1000000000000001")


def rows_of(folder: Path, content: Any) -> list[dict[str, Any]]:
    path = folder / "payload.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return list(check_files([path]))


def told(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[key] for key in KEYS[1:6])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(WHOLE, id="a whole webhook"),
        pytest.param(ENTRY, id="an entry"),
        pytest.param(CHANGE, id="a change"),
        pytest.param(CHANGE["value"], id="a value"),
        pytest.param(MESSAGE, id="a message"),
        pytest.param([WHOLE], id="a list of webhooks"),
        pytest.param({"a text": WHOLE}, id="webhooks by name"),
    ],
)
def test_a_message_is_found_however_much_of_its_envelope_the_file_holds(
    tmp_path: Path, content: Any
) -> None:
    (row,) = rows_of(tmp_path, content)
    assert list(row) == KEYS
    assert told(row) == SAID
    assert row["text"] == "Where is my order A7041? 🙂"
    assert row["file"] == str(tmp_path / "payload.json")
    assert is_well_formed(row)


def test_every_event_of_a_batch_has_its_row() -> None:
    rows = list(check_files([PAYLOADS / "batch.json"]))
    assert [(row["kind"], row["type"], row.get("reason")) for row in rows] == [
        ("message", "text", None),
        ("message", "text", "message without an id"),
        ("message", "unknown", "message is not an object"),
        ("message", "text", None),
        ("status", "read", None),
        ("messages", None, "change without a value"),
        ("user_preferences", "stop", None),
        ("unrecognised", None, "entry is not an object"),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "status_failed",
            ("status", "failed", "wamid.ours1", "15550100001", "US.1000000000000001"),
        ),
        (
            "preference_resume",
            ("user_preferences", "resume", None, None, "IN.2000000000000002"),
        ),
        ("changed_number", ("message", "system", "wamid.system1", "15550100001", None)),
        (
            "user_id_update",
            ("user_id_update", "user_id_update", None, None, "US.1000000000000001"),
        ),
        ("template_status", ("message_template_status_update", "PAUSED", None, None, None)),
        ("username_user", ("message", "text", "wamid.text1", None, "IN.2000000000000002")),
    ],
)
def test_each_kind_of_event_tells_what_it_is_and_whom_it_is_about(
    name: str, expected: tuple[Any, ...]
) -> None:
    (row,) = check_files([PAYLOADS / f"{name}.json"])
    assert told(row) == expected
    assert "reason" not in row


@pytest.mark.parametrize("name", ["unknown_type", "interactive_without_content", "unknown_field"])
def test_what_is_not_understood_has_a_reason(name: str) -> None:
    (row,) = check_files([PAYLOADS / f"{name}.json"])
    assert row["reason"]


def test_a_bare_status_is_found(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, STATUS)
    assert told(row)[:3] == ("status", "read", "wamid.ours1")


def test_a_message_without_id_still_shows_what_it_said(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, {"type": "text", "text": {"body": "hello"}})
    assert (row["kind"], row["type"], row["text"]) == ("message", "text", "hello")
    assert row["reason"] == "message without an id"


@pytest.mark.parametrize(
    "content",
    [
        *[[], {}, 7, None, "text", [1, 2], {"object": "page", "entry": []}, {"a": {"b": 1}}],
        pytest.param(
            {"messaging_product": "whatsapp", "to": "15550100001", "type": "text", "text": {}},
            id="a request to send",
        ),
        pytest.param(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": "15550100001", "wa_id": "15550100001"}],
                "messages": [{"id": "wamid.x"}],
            },
            id="an answer to a send",
        ),
        pytest.param({"id": "7001", "status": "PENDING", "category": "UTILITY"}, id="a template"),
        pytest.param("[" * 100_000 + "]" * 100_000, id="lists in lists"),
    ],
)
def test_json_that_is_no_webhook_has_one_row_with_a_reason(tmp_path: Path, content: Any) -> None:
    content = content if content != "text" else '"text"'
    (row,) = rows_of(tmp_path, content)
    assert (row["kind"], bool(row["reason"])) == ("unrecognised", True)
    assert is_well_formed(row)


def test_a_file_that_is_not_json_is_named_and_the_next_one_is_read(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"object": ')
    rows = list(check_files([broken, tmp_path / "missing.json", tmp_path, PAYLOADS / "text.json"]))
    assert [is_well_formed(row) for row in rows] == [False, False, False, True]
    assert [row["file"] for row in rows[:3]] == [
        str(broken),
        str(tmp_path / "missing.json"),
        str(tmp_path),
    ]
    assert all(row["reason"] for row in rows[:3])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the public payloads lie beside the checkout")
def test_every_public_payload_file_has_rows_that_json_can_carry() -> None:
    files = sorted((SHARED / "fixtures").rglob("*.json"))
    rows = list(check_files(files))
    assert all(is_well_formed(row) for row in rows)
    assert sum("reason" not in row for row in rows) > 60
    for row in rows:
        assert json.loads(json.dumps(row)) == row

"""`rapport say` and its neighbours against the running service: a customer at a shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CommandLine, complaint
from tests.service import Service, text_webhook

ANSWER = {"replies", "intent", "confidence", "language", "consent", "ms"}


@pytest.fixture(scope="module")
def cli(service: Service) -> CommandLine:
    """The shell of the running service, with the demo's customers."""
    shell = CommandLine(service.data_dir, service.database_url, port_base=service.port_base)
    shell.json("demo")
    return shell


def said(cli: CommandLine, *arguments: str) -> list[dict[str, Any]]:
    """One answer a message."""
    done = cli.run("say", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_customer_is_answered_from_their_history(cli: CommandLine) -> None:
    (told,) = said(cli, "--as", "S-1001", "where is my order A7041?")
    assert set(told) >= ANSWER
    assert told["intent"] == "order_status"
    assert 0 < told["confidence"] <= 1
    assert "A7041" in told["replies"][0]["text"]
    assert told["consent"]["order_updates"] == "in"
    assert told["ms"] > 0


def test_several_texts_are_answered_one_after_the_other(cli: CommandLine, guest: str) -> None:
    told = said(cli, "--as", f"+{guest}", "hello", "thanks")
    assert [answer["intent"] for answer in told] == ["greet", "thank"]


def test_a_button_of_the_last_message_can_be_tapped(cli: CommandLine) -> None:
    (asked,) = said(cli, "--as", "S-1001", "where is my order?")
    title = asked["replies"][0]["buttons"][1]
    (told,) = said(cli, "--as", "S-1001", "--tap", title)
    assert title.split(" ")[0] in told["replies"][0]["text"]
    assert "no button" in complaint(cli.run("say", "--as", "S-1001", "--tap", "Not there"))


def test_consent_is_told_as_it_is_after_the_turn(cli: CommandLine) -> None:
    (told,) = said(cli, "--as", "S-1002", "STOP")
    assert told["consent"]["offers"] == "out"
    assert told["replies"]


@pytest.mark.parametrize("kind", ["image", "sticker", "location", "contacts"])
def test_more_than_words_can_be_sent(cli: CommandLine, guest: str, kind: str) -> None:
    (told,) = said(cli, "--as", guest, "--type", kind)
    assert told["replies"][0]["text"]


def test_people_read_replies_without_json(cli: CommandLine, guest: str) -> None:
    done = cli.run("say", "--as", guest, "hello")
    assert done.returncode == 0
    assert "greet" in done.stdout


def test_nobody_is_no_customer(cli: CommandLine) -> None:
    assert "no customer" in complaint(cli.run("say", "--as", "S-404", "hello"))


def test_a_customer_whose_number_passed_to_another_is_told_what_to_do(
    cli: CommandLine, tmp_path: Path
) -> None:
    events = [
        {
            "specversion": "1.0",
            "id": f"passed-{number}",
            "source": "shop/crm",
            "type": "customer.upserted",
            "time": f"2026-11-2{number}T09:30:00Z",
            "subject": f"P-{number}",
            "data": {"phone": "+12025550155", "name": "Ann Example"},
        }
        for number in (0, 1)
    ]
    (tmp_path / "events.json").write_text(json.dumps(events))
    assert cli.run("import", str(tmp_path / "events.json")).returncode == 0
    line = complaint(cli.run("say", "--as", "P-0", "hello"))
    assert "customer.upserted" in line and "no customer" not in line


def test_payload_files_reach_the_service_signed(
    cli: CommandLine, guest: str, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(text_webhook(guest, "hello", f"wamid.{guest}"))
    bad.write_text("not json")
    assert cli.json("webhook", "send", str(good)) == {"file": str(good), "status": 200}
    done = cli.run("webhook", "send", str(good), str(bad))
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == f"200 {good}"
    assert len(cli.json("inbox", "--customer", guest)) == 1


def test_the_twins_log_shows_what_meta_would_have_seen(cli: CommandLine, guest: str) -> None:
    (told,) = said(cli, "--as", guest, "hello")
    entries = cli.json("twin", "log")
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    accepted = [e for e in cli.json("twin", "log", "--kind", "accepted") if guest in e["to"]]
    assert [e["payload"]["text"]["body"] for e in accepted] == [
        reply["text"] for reply in told["replies"]
    ]


def test_status_of_a_running_service_is_a_success(cli: CommandLine) -> None:
    told = cli.json("status")
    assert told["health"]["status"] == "ok"
    assert told["model"].endswith(".tar.gz")
    assert told["database"]["queues"]["inbox"]["pending"] == 0

"""`rapport webhook check` and `rapport webhook send`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import CommandLine, complaint
from tests.conftest import SHARED
from tests.service import text_webhook

KEYS = {"file", "kind", "type", "wamid", "from", "user_id", "text"}
PHONE = "4915755500142"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good webhook, one of an unknown field, and a file that is no JSON."""
    (tmp_path / "good.json").write_bytes(text_webhook(PHONE, "hello", "wamid.1"))
    strange = {"entry": [{"changes": [{"field": "moon_phase", "value": {"full": True}}]}]}
    whole = {"object": "whatsapp_business_account", **strange}
    (tmp_path / "strange.json").write_text(json.dumps(whole))
    (tmp_path / "broken.json").write_text("{")
    return tmp_path


def test_every_event_is_one_line_with_the_same_keys(bare: CommandLine, folder: Path) -> None:
    done = bare.run("webhook", "check", str(folder / "good.json"), str(folder / "strange.json"))
    assert done.returncode == 0, done.stderr
    good, strange = map(json.loads, done.stdout.splitlines())
    assert set(good) == KEYS
    assert (good["kind"], good["type"], good["wamid"]) == ("message", "text", "wamid.1")
    assert (good["from"], good["text"]) == (PHONE, "hello")
    assert strange["kind"] == "moon_phase"
    assert strange["reason"]


def test_a_broken_file_fails_the_check_and_hides_no_other(bare: CommandLine, folder: Path) -> None:
    files = [str(folder / name) for name in ("broken.json", "missing.json", "good.json")]
    done = bare.run("webhook", "check", *files)
    assert done.returncode == 1
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["file"] for row in rows] == files
    assert [bool(row.get("reason")) for row in rows] == [True, True, False]
    assert done.stderr == ""


def test_the_check_needs_neither_server_nor_database(bare: CommandLine, folder: Path) -> None:
    bare.run(
        "webhook", "check", str(folder / "good.json"), DATABASE_URL="postgresql://127.0.0.1:1/x"
    )
    assert not bare.data_dir.exists()


def test_every_published_payload_is_read(bare: CommandLine) -> None:
    files = sorted(map(str, SHARED.glob("fixtures/facebook-openapi/webhooks/**/*.json")))
    if not files:
        pytest.skip("the published payloads lie beside the checkout only")
    done = bare.run("webhook", "check", *files)
    assert done.returncode == 0
    assert {json.loads(line)["file"] for line in done.stdout.splitlines()} == set(files)


def test_sending_without_a_service_says_how_to_start_it(bare: CommandLine, folder: Path) -> None:
    line = complaint(bare.run("webhook", "send", str(folder / "good.json")))
    assert "rapport up" in line


def test_saying_without_a_service_says_how_to_start_it(cli: CommandLine) -> None:
    assert "rapport up" in complaint(cli.run("say", "--as", f"+{PHONE}", "hello"))


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("say", "--as", f"+{PHONE}"), "Say what"),
        (("say", "--as", f"+{PHONE}", "--type", "smell", "x"), "--type must be one of"),
    ],
)
def test_a_wish_that_cannot_be_is_one_line(
    bare: CommandLine, arguments: tuple[str, ...], hint: str
) -> None:
    assert hint in complaint(bare.run(*arguments))


def test_saying_is_refused_on_a_real_number(bare: CommandLine) -> None:
    real = {
        "WHATSAPP_ACCESS_TOKEN": "token-of-a-test",
        "WHATSAPP_APP_SECRET": "secret-of-a-test",
        "WHATSAPP_PHONE_NUMBER_ID": "1",
    }
    line = complaint(bare.run("say", "--as", f"+{PHONE}", "hello", **real))
    assert "WHATSAPP_ACCESS_TOKEN" in line
    assert "of-a-test" not in line

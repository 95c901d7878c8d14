"""Commands that only look: what they show, what they veil, how they fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rapport.clock import utc_now
from rapport.conversation import inbox
from rapport.db import session as db
from rapport.whatsapp import webhook
from tests.command_line import ROOT, CommandLine, complaint
from tests.model import trained_guard
from tests.service import text_webhook

PHONE = "4915755500142"


@pytest.fixture
def written(cli: CommandLine, sessions: Any) -> CommandLine:
    """An installation to which one unknown person wrote twice."""
    trained_guard()
    for number, text in enumerate(["where is\nmy order?", "hello"]):
        events = webhook.parse(text_webhook(PHONE, text, f"wamid.{number}"))
        with sessions.begin() as session:
            inbox.record(session, events, utc_now())
    return cli


def test_the_inbox_is_shown_oldest_first_without_numbers(written: CommandLine) -> None:
    rows = written.json("inbox")
    assert [row["text"] for row in rows] == ["where is\nmy order?", "hello"]
    assert [row["state"] for row in rows] == ["pending", "pending"]
    shown = written.run("inbox").stdout
    assert "where is my order?" in shown
    assert PHONE not in shown


def test_rows_can_be_chosen(written: CommandLine) -> None:
    assert [row["text"] for row in written.json("inbox", "--limit", "1")] == ["hello"]
    assert written.json("inbox", "--state", "handled") == []
    assert len(written.json("inbox", "--customer", f"+{PHONE}")) == 2
    assert "no customer" in complaint(written.run("inbox", "--customer", "S-404"))


def test_an_empty_outbox_is_an_empty_array(cli: CommandLine) -> None:
    assert cli.json("outbox") == []
    assert "none" in cli.run("outbox").stdout


def test_a_customer_is_shown_veiled_unless_asked(written: CommandLine) -> None:
    veiled = written.run("customer", "show", PHONE, "--json").stdout
    assert PHONE not in veiled
    assert json.loads(veiled)["identities"][0]["address"] == "+49 … 42"
    assert PHONE not in written.run("customer", "show", PHONE).stdout
    assert PHONE in written.run("customer", "show", PHONE, "--reveal").stdout


def test_a_conversation_is_part_of_the_picture(written: CommandLine) -> None:
    shown = written.json("customer", "show", PHONE)
    assert [turn["text"] for turn in shown["conversation"]] == ["where is\nmy order?", "hello"]
    assert shown["consent"]["offers"] == "unknown"


def test_status_starts_nothing_and_says_how_to(bare: CommandLine) -> None:
    done = bare.run("status", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["is_up"] is False
    assert told["processes"] == {}
    assert told["addresses"]["health"] == f"http://127.0.0.1:{bare.port_base}/health"
    assert not (bare.data_dir / "postgres").exists()
    assert "rapport up" in bare.run("status").stdout


def test_status_counts_what_waits(written: CommandLine) -> None:
    told = json.loads(written.run("status", "--json").stdout)
    assert told["database"]["queues"]["inbox"] == {"pending": 2}
    assert told["database"]["is_current"] is True


def test_an_old_schema_is_refused_with_the_command_to_run(
    cli: CommandLine, database_url: str
) -> None:
    engine = db.engine_for(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    engine.dispose()
    for command in (("inbox",), ("import", __file__), ("customer", "show", "S-1")):
        assert "rapport db upgrade" in complaint(cli.run(*command))
    assert cli.run("db", "status").returncode == 1


def test_the_embedded_database_runs_only_as_long_as_it_is_used(bare: CommandLine) -> None:
    assert bare.json("db", "upgrade")["before"] is None
    assert bare.json("db", "status")["is_current"] is True
    assert not (bare.data_dir / "postgres" / "postmaster.pid").exists()


def test_two_commands_share_the_embedded_database(bare: CommandLine) -> None:
    both = [bare.start("inbox", "--json") for _ in range(2)]
    for running in both:
        told, _ = running.communicate(timeout=600)
        assert running.returncode == 0, told
    assert not (bare.data_dir / "postgres" / "postmaster.pid").exists()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("RAPPORT_PORT_BASE", "many"),
        ("RAPPORT_LOG_FORMAT", "xml"),
        ("WHATSAPP_ACCESS_TOKEN", "only-this"),
    ],
)
def test_a_wrong_setting_is_one_line(bare: CommandLine, variable: str, value: str) -> None:
    line = complaint(bare.run("status", **{variable: value}))
    assert variable in line
    assert value not in line or value == "xml"


def test_help_answers_at_once_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv[1:] = ['--help']\n"
        "from rapport.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'rasa', 'sqlalchemy', 'tensorflow', 'pywa_async', 'rich', 'httpx'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    before = os.times().children_user
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Start database" in done.stdout
    assert os.times().children_user - before < 1.0


def test_a_fault_of_ours_is_one_line_without_values(written: CommandLine, engine: Any) -> None:
    with column_renamed(engine):
        line = complaint(written.run("inbox", "--customer", PHONE))
        traced = written.run("inbox", "--traceback")
    assert "text" in line
    assert PHONE not in line
    assert "Traceback" in traced.stderr


@contextmanager
def column_renamed(engine: Any) -> Iterator[None]:
    """A fault for a while: the database is shared with the tests that follow."""
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE inbox RENAME COLUMN text TO words")
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE inbox RENAME COLUMN words TO text")

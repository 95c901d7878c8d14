"""`rapport import` and `rapport demo` as somebody at a shell meets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CommandLine, complaint


def event(number: int, **changes: Any) -> str:
    whole = {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "shop/crm",
        "type": "customer.upserted",
        "time": "2026-11-20T09:30:00Z",
        "subject": f"S-{number}",
        "data": {"phone": f"+4915755501{number:02d}", "name": "Ann Example"},
    }
    return json.dumps({**whole, **changes})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Five lines, of which the second and the fourth are no events."""
    path = tmp_path / "events.jsonl"
    lines = [event(1), event(2, time="2026-11-20T09:30:00"), event(3), "not json", event(5)]
    path.write_text("\n".join(lines))
    return path


def test_refused_lines_are_named_and_the_rest_is_imported(cli: CommandLine, file: Path) -> None:
    done = cli.run("import", str(file))
    assert done.returncode == 1
    assert f"{file}:2: $.time" in done.stderr
    assert f"{file}:4:" in done.stderr
    assert len(done.stderr.splitlines()) == 2
    assert cli.json("customer", "show", "S-5")["customer"]["name"] == "Ann Example"


def test_a_report_is_json_and_an_import_may_be_repeated(cli: CommandLine, file: Path) -> None:
    reports = [json.loads(cli.run("import", str(file), "--json").stdout) for _ in range(2)]
    told = [
        {key: report["files"][0][key] for key in ("accepted", "duplicate")} for report in reports
    ]
    assert told == [{"accepted": 3, "duplicate": 0}, {"accepted": 0, "duplicate": 3}]
    assert [line["line"] for line in reports[0]["files"][0]["refused"]] == [2, 4]


def test_a_dry_run_changes_nothing(cli: CommandLine, file: Path) -> None:
    report = json.loads(cli.run("import", "--dry-run", "--json", str(file)).stdout)
    assert report["files"][0]["accepted"] == 3
    assert "no customer" in complaint(cli.run("customer", "show", "S-1"))


def test_a_clean_import_succeeds(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "clean.jsonl"
    path.write_text(event(1))
    assert cli.run("import", str(path)).returncode == 0


@pytest.mark.parametrize("name", ["missing.jsonl", "picture.png"])
def test_a_file_that_cannot_be_read_is_one_line(
    cli: CommandLine, tmp_path: Path, name: str
) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    assert name in complaint(cli.run("import", str(tmp_path / name)))


def test_the_demo_can_be_loaded_twice_and_says_whom_to_write_as(cli: CommandLine) -> None:
    first, second = cli.json("demo"), cli.json("demo")
    assert first["accepted"] > 50
    assert second["accepted"] == 0
    assert second["duplicate"] == first["accepted"]
    assert len(first["customers"]) >= 3
    shown = cli.json("customer", "show", first["customers"][0]["business_id"])
    assert shown["customer"]["name"] == first["customers"][0]["name"]

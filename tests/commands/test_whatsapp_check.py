"""`rapport whatsapp check` against the twin: what is well, what is missing, and the fix for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CommandLine
from tests.service import Service


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A twin by itself; it needs no database."""
    data_dir = tmp_path_factory.mktemp("twin")
    running = Service("postgresql://127.0.0.1:1/none", data_dir)
    try:
        running.start_twin()
        yield running
    finally:
        running.stop()


def checked(twin: Service, data_dir: Path, **environment: str) -> tuple[int, dict[str, Any]]:
    """Exit code and what `whatsapp check --json` found."""
    cli = CommandLine(data_dir, port_base=twin.port_base)
    done = cli.run("whatsapp", "check", "--json", **environment)
    return done.returncode, json.loads(done.stdout)


def missing(told: dict[str, Any]) -> dict[str, str]:
    """What is not well, and the fix."""
    return {f["name"]: f["fix"] for f in told["findings"] if not f["is_ok"]}


def test_a_number_that_is_ready_passes(twin: Service) -> None:
    code, told = checked(twin, twin.data_dir)
    assert missing(told) == {}
    assert code == 0
    assert {"token", "number", "webhook", "subscription"} <= {f["name"] for f in told["findings"]}


def test_a_wrong_token_is_named_with_its_fix(twin: Service, tmp_path: Path) -> None:
    code, told = checked(
        twin,
        tmp_path,
        WHATSAPP_ACCESS_TOKEN="wrong",
        WHATSAPP_APP_SECRET="secret",
        WHATSAPP_PHONE_NUMBER_ID="106540352242922",
        GRAPH_API_URL=twin.settings.twin_url,
    )
    assert code == 1
    assert "WHATSAPP_ACCESS_TOKEN" in missing(told)["token"]
    assert "wrong" not in json.dumps(told)


@pytest.mark.parametrize(
    ("variable", "found"),
    [("WHATSAPP_PHONE_NUMBER_ID", "number"), ("WHATSAPP_BUSINESS_ACCOUNT_ID", "subscription")],
)
def test_a_wrong_id_is_named_with_its_fix(twin: Service, variable: str, found: str) -> None:
    code, told = checked(twin, twin.data_dir, **{variable: "404"})
    assert code == 1
    assert variable in missing(told)[found]


def test_nobody_there_is_a_finding_too(tmp_path: Path) -> None:
    cli = CommandLine(tmp_path / "data")
    done = cli.run("whatsapp", "check")
    assert done.returncode == 1
    assert "MISSING" in done.stdout
    assert "Traceback" not in done.stderr

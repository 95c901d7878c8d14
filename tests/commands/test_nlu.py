"""`rapport nlu parse`, `evaluate` and `benchmark`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import ROOT, CommandLine, complaint
from tests.model import trained_model


@pytest.fixture(autouse=True)
def model() -> Path:
    return trained_model()


def parse(cli: CommandLine, lines: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rapport.cli", "nlu", "parse"],
        cwd=ROOT,
        env=cli.whole_environment(),
        input=lines,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_lines_in_lines_out(bare: CommandLine) -> None:
    done = parse(bare, '{"text": "where is my order"}\n{"text": "STOP", "language": "en"}\n')
    assert done.returncode == 0, done.stderr
    status, stop = map(json.loads, done.stdout.splitlines())
    assert status["intent"]["name"] == "order_status"
    assert (stop["consent"], status["consent"]) == ("opt_out", None)


def test_a_line_that_is_none_is_named_and_nothing_else_is_said(bare: CommandLine) -> None:
    done = parse(bare, "hello\n")
    assert done.returncode == 1
    assert "Line 1" in complaint(done)


def test_an_evaluation_prints_figures_and_writes_its_report(
    bare: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "sets").mkdir()
    lines = "greet: [hello, good morning]\norder_status: [where is my order]\n"
    (tmp_path / "sets" / "en.yml").write_text(lines)
    report = tmp_path / "report.html"
    options = ("--set", str(tmp_path / "sets"), "--report", str(report))
    found = bare.json("nlu", "evaluate", *options)
    assert found["overall"]["messages"] == 3
    assert found["languages"]["en"]["intents"]["greet"]["recall"] == 1.0
    assert report.read_text().startswith("<!doctype html>")


def test_a_benchmark_needs_its_sets(bare: CommandLine, tmp_path: Path) -> None:
    done = bare.run("nlu", "benchmark", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "No HINT3" in done.stderr


def test_a_benchmark_prints_named_figures(bare: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "banking77").mkdir()
    rows = [
        {"text": f"{text} {number}", "intent": text, "split": split}
        for text in ("card arrival", "exchange rate", "lost phone")
        for number in range(4)
        for split in ("train", "test")
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "banking77" / "banking77.jsonl").write_text(lines)
    found = bare.json("nlu", "benchmark", "--data", str(tmp_path))
    assert found["figures"]["banking77_accuracy"] == 100.0
    assert found["figures"]["parse_ms_p50"] > 0
    assert [row["pipeline"] for row in found["results"]] == ["rapport"]

"""`rapport nlu`: what the model makes of messages, how often it is right, how it compares."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer

from rapport import clock
from rapport.commands import output
from rapport.errors import RapportError

app = typer.Typer(no_args_is_help=True, help="Understanding: parse, evaluate, compare.")
SETS = typer.Option(Path("tests/frozen"), "--set", help="One YAML file per language.")
REPORT = typer.Option(Path("nlu-report.html"), help="Where the HTML report goes.")
DATA = typer.Option(..., "--data", help="Folder with hint3, banking77, clinc150.")
ONLY = typer.Option([], "--only", help="Only these sets, by name.")
LINES = typer.Option(..., "--data", help='One <language>.jsonl each, lines {"text", "label"}.')
GUARD_COLUMNS = {"language": "language", "caught": "caught", "false": "false"}
COLUMNS = {
    "dataset": "set",
    "pipeline": "pipeline",
    "threshold": "threshold",
    "in_scope": "in scope %",
    "out_of_scope_recall": "out of scope %",
    "mcc": "MCC",
    "parse_ms_p50": "ms",
    "training_seconds": "training s",
}
LANGUAGE_COLUMNS = {
    "language": "language",
    "messages": "messages",
    "macro_f1": "macro F1",
    "unseen_macro_f1": "unseen",
    "accuracy": "accuracy",
    "fallbacks": "asked back",
    "calibration_error": "calibration error",
}


@app.command()
def parse() -> None:
    """Read JSON lines {"text", "language"?} from standard input, print a JSON line for each."""
    from rapport.understanding.batch import rows_of

    for row in _parser().parse(rows_of(sys.stdin), clock.utc_now()):
        sys.stdout.write(output.encoded(row) + "\n")


@app.command()
def evaluate(
    folder: Path = SETS,
    report: Path = REPORT,
    as_json: bool = output.AS_JSON,
) -> None:
    """Measure the model on the frozen test set and write a report as one HTML file."""
    from rapport.understanding import detector, evaluation

    sets = evaluation.read_sets(_from_root(folder))
    parser = _parser()
    trained = frozenset(text.casefold() for text, _ in detector.lines_of(detector.DATA))
    judged = evaluation.judge(sets, lambda rows: parser.parse(rows, clock.utc_now()), trained)
    from rapport.understanding.report import page

    _write(report, page(judged))
    found = evaluation.summary(judged)
    if as_json:
        output.line({**found, "report": str(report)})
        return
    rows = [{"language": "all", **found["overall"]}]
    rows += [{"language": name, **value} for name, value in found["languages"].items()]
    output.table("Understanding", LANGUAGE_COLUMNS, [_in_percent(row) for row in rows])
    typer.echo(f"Report: {report}")


@app.command()
def guard(folder: Path = LINES, as_json: bool = output.AS_JSON) -> None:
    """Measure the stop guard: opt-outs caught and look-alikes taken for one, by language."""
    from rapport.understanding import guard as guards
    from rapport.understanding import opt_outs

    found = opt_outs.measure(guards.ensure(), folder)
    if as_json:
        output.line({"results": [opt_outs.as_row(row) for row in found]})
        return
    output.table("Stop guard", GUARD_COLUMNS, [vars(row) for row in found])


@app.command()
def benchmark(
    data: Path = DATA,
    against: str = typer.Option("", help='"diet" adds Rasa\'s default pipeline.'),
    only: list[str] = ONLY,
    as_json: bool = output.AS_JSON,
) -> None:
    """Train the project's own pipeline on public sets and measure it; thresholds see no test."""
    if against not in ("", "diet"):
        raise RapportError('--against knows only "diet".')
    from rapport import logs

    logs.silence_warnings()
    from rapport.understanding import datasets

    sets = [each for each in datasets.read(data) if not only or each.name in only]
    if not sets:
        raise RapportError(f"No set of that name in {data}.")
    from rapport.understanding import benchmark as measured

    console, own, stock = output.console(stderr=True), [], []
    steps = measured.own_steps(_from_root(Path("config.yml")))
    for each in sets:
        console.print(f"{each.name} …")
        own.append(measured.measure(each, "rapport", steps, None))
        if against:
            stock.append(measured.measure(each, "diet", measured.DIET, measured.DIET_BAR))
    _print_results(measured.as_rows([*own, *stock]), _all_figures(own, stock), as_json)


def _all_figures(own: list[Any], stock: list[Any]) -> dict[str, float]:
    """The own pipeline's figures under their names, the other's after `diet_`."""
    from rapport.understanding.benchmark import figures

    return {**figures(own), **{f"diet_{name}": value for name, value in figures(stock).items()}}


def _print_results(rows: list[dict[str, Any]], figures: dict[str, float], as_json: bool) -> None:
    if as_json:
        output.line({"figures": figures, "results": rows})
        return
    output.table("Benchmark", COLUMNS, rows)
    for name, value in figures.items():
        typer.echo(f"{name} {value}")


def _parser() -> Any:
    """The trained model for the present data. Raises RapportError when there is none."""
    from rapport.commands.children import rasa_root
    from rapport.dialogue import light, models

    model = models.model_for(rasa_root())
    if model is None:
        raise RapportError("There is no model for the present data; make one with: rapport train")
    from rapport import logs

    logs.silence_warnings()
    light.leave_out_unused()
    from rapport.understanding.batch import Parser

    return Parser(model)


def _from_root(path: Path) -> Path:
    """A relative path as seen from here, else from the project's folder."""
    from rapport.commands.children import rasa_root

    return path if path.is_absolute() or path.exists() else rasa_root() / path


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RapportError(f"Cannot write {path}: {error.strerror}.") from error


def _in_percent(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: f"{100 * value:.1f} %" if isinstance(value, float) else value
        for key, value in row.items()
    }

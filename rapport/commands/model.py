"""`rapport train`: a model for the present training data."""

from __future__ import annotations

import typer

from rapport.commands import output


def train(
    force: bool = typer.Option(False, "--force", help="Train even if there is a model for it."),
    as_json: bool = output.AS_JSON,
) -> None:
    """Train a model and a stop guard for the present training data, unless there are some."""
    from rapport.commands.children import rasa_root
    from rapport.dialogue import models

    present = None if force else models.model_for(rasa_root())
    model = present or models.train(rasa_root())
    models.prepare_guard(rasa_root())
    if as_json:
        output.line({"model": str(model), "trained": present is None})
    else:
        typer.echo(f"{'Ready already' if present else 'Trained'}: {model}")

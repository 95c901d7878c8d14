"""Every command under its name."""

from __future__ import annotations

import typer

from rapport.commands import (
    business,
    customer,
    database,
    messages,
    model,
    nlu,
    say,
    status,
    twin,
    up,
    webhook,
    whatsapp,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Conversations with customers over WhatsApp, answered from their own history.",
)
app.command("up")(up.up)
app.command("status")(status.status)
app.add_typer(database.app, name="db")
app.command("import")(business.import_files)
app.command("demo")(business.demo)
app.add_typer(customer.app, name="customer")
app.command("inbox")(messages.inbox)
app.command("outbox")(messages.outbox)
app.command("say")(say.say)
app.add_typer(twin.app, name="twin")
app.add_typer(webhook.app, name="webhook")
app.add_typer(whatsapp.app, name="whatsapp")
app.command("train")(model.train)
app.add_typer(nlu.app, name="nlu")

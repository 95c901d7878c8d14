"""Logs: an event name and ids on standard error, for a person or as JSON lines."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import Any

import structlog

from rapport.settings import Settings


def silence_warnings() -> None:
    """Rasa warns of its own dependencies on every import; none of it is for whoever runs this.

    Through logging, since some of those dependencies reset Python's filters.
    """
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")


def configure(settings: Settings, role: str | None = None) -> None:
    """Send structlog's and the standard library's records one way; ours from the chosen level, others' from warning.

    `role` names the process in JSON lines. Tracebacks carry no values of variables: those may be
    a customer's words or number.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(settings.log_format == "json", role))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for ours in ("rapport", "actions"):
        logging.getLogger(ours).setLevel(settings.log_level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _level_of_an_exception,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _level_of_an_exception(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "level": "error"} if event.get("level") == "exception" else event


def _formatter(as_json: bool, role: str | None) -> logging.Formatter:
    ends = _json_end(role) if as_json else [_console()]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ends],
    )


def _json_end(role: str | None) -> list[Any]:
    def name_the_process(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
        return {**event, "role": role} if role else event

    return [
        name_the_process,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]


def _console() -> Any:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event=0
    )

"""The command line, by subject. Whatever is heavy is imported inside the command that needs it."""

import sys


def _import_typer_plainly() -> None:
    """Typer's decorations load Rich whole, most of the time a start takes; click's plain help does."""
    if "rich" in sys.modules:
        return
    sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        import typer  # noqa: F401
    finally:
        del sys.modules["rich"]


_import_typer_plainly()

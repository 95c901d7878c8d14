"""What `rapport up` shows: its first steps, the children's log lines, where to look."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from rapport.commands import output
from rapport.settings import Settings


class Display:
    """One stream on standard error: steps with a spinner on a terminal, plain lines elsewhere."""

    def __init__(self, settings: Settings) -> None:
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._is_json = settings.log_format == "json"
        self._console = output.console(stderr=True)
        columns = SpinnerColumn(finished_text="✓"), TextColumn("{task.description}")
        self._progress: Any = Progress(*columns, TimeElapsedColumn(), console=self._console)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show that something goes on, and that it is done."""
        began = time.monotonic()
        task = self._progress.add_task(name, total=1) if self._console.is_terminal else None
        if task is not None:
            self._progress.start()
        yield
        if task is not None:
            self._progress.update(task, completed=1)
        elif not self._is_json:
            self.write(f"{name}: {time.monotonic() - began:.1f} s")

    def settle(self) -> None:
        """The steps are over; what follows are lines."""
        self._progress.stop()

    def line(self, role: str, text: str) -> None:
        """A line of a child's, with its role before it unless it is JSON, which names the role itself."""
        if text:
            self.write(text if self._is_json else f"{role:<9}│ {text}")

    def write(self, text: str) -> None:
        """A line as it is."""
        self._console.print(text, soft_wrap=True)

    def banner(self, settings: Settings) -> None:
        """Where to look and how to stop."""
        if self._is_json:
            return
        lines = [f"\n{settings.business_name} is ready."]
        if settings.uses_twin:
            lines.append(f"  Phone page  {settings.twin_url}/")
        else:
            lines.append(f"  Webhook     {settings.webhook_url}")
        lines += [f"  Health      {settings.url}/health", "  Stop        Ctrl-C", ""]
        self.write("\n".join(lines))

"""A supervisor of one puppet, to be killed."""

from __future__ import annotations

import os
import time

from rapport.commands.children import Children

if __name__ == "__main__":
    children = Children(os.environ, lambda role, line: None)
    child = children.start("puppet", "tests.commands.puppet", "waits")
    print(child.process.pid, flush=True)
    time.sleep(60)

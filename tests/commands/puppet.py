"""A child process to pull strings of: says a line, then does what its argument says."""

from __future__ import annotations

import signal
import subprocess
import sys
import time


def main(wish: str) -> None:
    if wish == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if wish == "parent":
        own = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        print("child", own.pid, flush=True)
    print("ready", flush=True)
    if wish == "fails":
        sys.exit("no luck")
    time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1])

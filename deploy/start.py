"""The entry point of every image: runs the module its image was built for, and ends cleanly even while it starts.

Process 1 of a container ignores every signal it has not asked for: without the handler a SIGTERM during the imports, or while
the store waits for its database, would be lost and the container killed after its grace time. A running service puts its
own handler in this one's place.
"""

import runpy
import signal
import sys
from pathlib import Path

MODULE = Path(__file__).with_name("module")

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    runpy.run_module(MODULE.read_text().strip(), run_name="__main__", alter_sys=True)

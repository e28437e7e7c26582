"""Starts the store: `python -m services.store`."""

import os
import sys

from services.runtime.starting import run_process

from .app import run_store
from .settings import StoreSettings


def main() -> int:
    """Run until SIGTERM; returns the exit code."""
    return run_process("store", StoreSettings, os.environ, run_store)


if __name__ == "__main__":
    sys.exit(main())

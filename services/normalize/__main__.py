"""Starts normalize: `python -m services.normalize`."""

import os
import sys

from services.normalize.app import build_normalize
from services.normalize.settings import NormalizeSettings
from services.runtime.collector import spare_what_is_there
from services.runtime.service import run_service
from services.runtime.starting import run_process


def main() -> int:
    """Run until SIGTERM; returns the exit code."""
    return run_process("normalize", NormalizeSettings, os.environ, _run)


async def _run(settings: NormalizeSettings) -> int:
    broker, normalize = build_normalize(settings)
    spare_what_is_there()
    return await run_service(
        "normalize", settings, broker, tasks=(normalize.get_ready,), close=(normalize.close,)
    )


if __name__ == "__main__":
    sys.exit(main())

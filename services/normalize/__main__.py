"""Starts normalize: `python -m services.normalize`."""

import asyncio
import os
import sys

from services.normalize.app import build_normalize
from services.normalize.settings import NormalizeSettings
from services.runtime.collector import spare_what_is_there
from services.runtime.logs import set_up_logs
from services.runtime.monitoring.tracing import tracing
from services.runtime.service import run_service
from services.runtime.settings import SettingsError, read_settings


def main() -> int:
    """Run until SIGTERM; returns the exit code: 0 stopped cleanly, 1 a fault, 2 a wrong setting."""
    try:
        settings = read_settings(NormalizeSettings, os.environ)
        set_up_logs("normalize", settings.log_level, settings.log_format, sample=settings.log_sample)
        with tracing("normalize", os.environ):
            return asyncio.run(_run(settings))
    except SettingsError as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - a usage error is for the person who started us
        return 2


async def _run(settings: NormalizeSettings) -> int:
    broker, normalize = build_normalize(settings)
    spare_what_is_there()
    return await run_service(
        "normalize", settings, broker, tasks=(normalize.get_ready,), close=(normalize.close,)
    )


if __name__ == "__main__":
    sys.exit(main())

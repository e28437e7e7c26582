"""Starts ingest: `python -m services.ingest`."""

import asyncio
import os
import sys

from services.ingest.app import build_ingest
from services.ingest.metrics import measure_sources, tell_sources
from services.ingest.settings import IngestSettings
from services.runtime.logs import set_up_logs
from services.runtime.monitoring.tracing import tracing
from services.runtime.service import run_service
from services.runtime.settings import SettingsError, read_settings


def main() -> int:
    """Run until SIGTERM; returns the exit code: 0 stopped cleanly, 1 a fault, 2 a wrong setting."""
    try:
        settings = read_settings(IngestSettings, os.environ)
        set_up_logs("ingest", settings.log_level, settings.log_format, sample=settings.log_sample)
        with tracing("ingest", os.environ):
            return asyncio.run(_run(settings))
    except SettingsError as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - a usage error is for the person who started us
        return 2


async def _run(settings: IngestSettings) -> int:
    broker, ingest = build_ingest(settings)
    await ingest.clock.level(ingest.redis)
    tasks = (
        lambda: ingest.clock.keep_level(ingest.redis),
        ingest.scheduler.run,
        ingest.clean_reader.run,
        ingest.clearer.run,
        lambda: tell_sources(ingest.redis, ingest.catalogue, settings.standing_every_s),
    )
    measures = (lambda: measure_sources(ingest.redis, ingest.catalogue),)
    return await run_service(
        "ingest", settings, broker, tasks=tasks, close=(ingest.close,), measures=measures
    )


if __name__ == "__main__":
    sys.exit(main())

"""Starts ingest: `python -m services.ingest`."""

import os
import sys

from services.ingest.app import build_ingest
from services.ingest.metrics import measure_sources, tell_sources
from services.ingest.settings import IngestSettings
from services.runtime.service import run_service
from services.runtime.starting import run_process


def main() -> int:
    """Run until SIGTERM; returns the exit code."""
    return run_process("ingest", IngestSettings, os.environ, _run)


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

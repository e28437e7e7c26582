"""Normalize as a service on a test's server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.normalize.app import build_normalize
from services.normalize.settings import NormalizeSettings


@asynccontextmanager
async def running_normalize(settings: NormalizeSettings) -> AsyncIterator[None]:
    """It reads its stream until the end of the block."""
    broker, extractor = build_normalize(settings)
    await broker.start()
    yield
    for engine in broker.engines:
        await engine.stop()
    await broker.stop()
    await extractor.close()

"""A service of three lines, as the tests of a service's life start it: small_service.py [die|stubborn|deaf]."""

import asyncio
import os
import sys
from contextlib import suppress

from pydantic import BaseModel

from services.contracts.streams import ARTICLES_RAW, GROUP_NORMALIZE
from services.runtime.broker import build_broker
from services.runtime.logs import log_outcome, set_up_logs
from services.runtime.service import run_service
from services.runtime.settings import ServiceSettings, read_settings
from services.runtime.subscriber import reliable
from services.runtime.wire import emit


class Page(BaseModel):
    id: int


async def serve() -> int:
    settings = read_settings(ServiceSettings, os.environ)
    set_up_logs("small", settings.log_level, settings.log_format)
    broker = build_broker(settings)

    @reliable(broker, ARTICLES_RAW, GROUP_NORMALIZE)
    async def on_page(page: Page) -> None:
        await asyncio.sleep(page.id / 10)
        emit("out", page)
        log_outcome("page_passed", "ok", number=page.id)

    async def die() -> None:
        await asyncio.sleep(0.3)
        raise RuntimeError("the scheduler broke")

    async def end_well() -> None:
        await asyncio.sleep(0)

    async def swallow_a_cancellation() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        await asyncio.sleep(3600)

    async def swallow_every_cancellation() -> None:
        while True:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(3600)

    tasks = {"die": die, "stubborn": swallow_a_cancellation, "deaf": swallow_every_cancellation}
    return await run_service("small", settings, broker, tasks=[tasks.get(sys.argv[-1], end_well)])


raise SystemExit(asyncio.run(serve()))

"""The life of a service: start, run beside its background tasks, and stop cleanly when told to."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.streams import STREAM_BY_NAME

from .broker import ServiceBroker, connect_redis
from .delivery.cancelling import cancel_until_ended
from .delivery.engine import new_consumer_name
from .delivery.trimming import reap_consumers, trim_finished
from .ending import close_all, end_within
from .monitoring.metrics import Measure, Metrics
from .monitoring.standing_lines import tell_standing
from .probes import Probes, ProbeServer, probe_server
from .roster import SAY_EVERY_S, leave, process_status, say
from .settings import ServiceSettings, mask_passwords

logger = structlog.get_logger()

TRIM_EVERY_S = 10.0
LAST_S = 5.0  # after `service_stopped`: the last spans have 1.5 of it, the rest is for threads of the pools

Task = Callable[[], Awaitable[None]]


async def run_service(
    name: str,
    settings: ServiceSettings,
    broker: ServiceBroker,
    *,
    tasks: Sequence[Task] = (),
    close: Sequence[Callable[[], Awaitable[Any]]] = (),
    measures: Sequence[Measure] = (),
) -> int:
    """Run until SIGTERM or SIGINT; returns the exit code: 0, or 1 where a background task has died.

    Stopping ends the background tasks, lets running handlers finish, releases the rest, then awaits each of `close`.
    It takes no longer than `settings.stop_within_s` and the process ends 5 s later, whatever hangs.
    `measures` set the service's own gauges at each scrape of /metrics.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    redis = connect_redis(settings.redis_url)
    server = _probes(name, settings, broker, redis, measures)
    upkeep: list[Task] = [
        lambda: _trim(redis, broker),
        lambda: _say(redis, name, broker),
        *([server.run_here] if server else []),
        lambda: tell_standing(redis, broker.engines, settings.data_dir, settings.standing_every_s),
    ]
    await broker.start()
    logger.info("service_started", redis=mask_passwords(settings.redis_url), http_port=settings.http_port)
    running = [asyncio.ensure_future(task()) for task in (*tasks, *upkeep)]
    died = await _first_death(running, told)
    logger.info("service_stopping", reason="a task died" if died else "told to")
    overrun = end_within(settings.stop_within_s, code=1)
    if server:
        server.should_exit = True
    await _stop(running, broker)
    await close_all((broker.stop, redis.aclose, *close))
    logger.info("service_stopped")
    overrun.cancel()
    end_within(LAST_S, code := 1 if died else 0)
    return code


async def _first_death(running: Sequence[asyncio.Future[None]], told: asyncio.Event) -> bool:
    """Wait until we are told to stop, or a task raises; True for the latter. A task may end well."""
    order = asyncio.ensure_future(told.wait())
    waiting: set[asyncio.Future[Any]] = {order, *running}
    while True:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {order}:
            if not task.cancelled() and (error := task.exception()) is not None:
                logger.critical("task_died", exc_info=error)
                order.cancel()
                return True
        if order in done:
            return False


async def _stop(running: Sequence[asyncio.Future[None]], broker: ServiceBroker) -> None:
    await cancel_until_ended(running)  # their exceptions were told when they ended
    # At once: each has its own grace time.
    await asyncio.gather(*(engine.stop() for engine in broker.engines))


def _probes(
    name: str,
    settings: ServiceSettings,
    broker: ServiceBroker,
    redis: Redis,
    measures: Sequence[Measure],
) -> ProbeServer | None:
    if not settings.http_port:
        return None
    metrics = Metrics(name, settings.data_dir, measures)
    broker.add_middleware(metrics.middleware)
    return probe_server(Probes(name, broker, redis, metrics), settings.http_port, settings.http_host)


async def _trim(redis: Redis, broker: ServiceBroker) -> None:
    """Each service trims what it reads: its own group is the one that has to have finished."""
    while True:
        await asyncio.sleep(TRIM_EVERY_S)
        for engine in broker.engines:
            groups = (
                STREAM_BY_NAME[engine.stream].groups if engine.stream in STREAM_BY_NAME else (engine.group,)
            )
            try:
                await trim_finished(redis, engine.stream, groups)
                await reap_consumers(redis, engine.stream, engine.group)
            except (RedisError, OSError) as error:
                logger.warning("trimming_failed", stream=engine.stream, reason=str(error))


async def _say(redis: Redis, name: str, broker: ServiceBroker) -> None:
    me = f"{name}/{new_consumer_name()}"
    try:
        while True:
            await _say_once(redis, me, name, broker)
            await asyncio.sleep(SAY_EVERY_S)
    finally:
        await _leave(redis, me)


async def _say_once(redis: Redis, me: str, name: str, broker: ServiceBroker) -> None:
    try:
        await say(redis, me, process_status(name, [engine.status() for engine in broker.engines]))
    except (RedisError, OSError) as error:
        logger.debug("roster_not_reached", reason=str(error))


async def _leave(redis: Redis, me: str) -> None:
    try:
        await asyncio.wait_for(leave(redis, me), 1)
    except (RedisError, OSError, TimeoutError) as error:
        logger.debug("roster_not_reached", reason=str(error))

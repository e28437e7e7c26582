"""Replicas of one stage as processes, with handlers that do as their entry says: for the fault tests and figures."""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import structlog
from redis.asyncio import Redis

from services.contracts.failures import RetryLater, Unprocessable
from services.runtime.broker import connect_redis
from services.runtime.delivery import group as group_module
from services.runtime.delivery import scripts
from services.runtime.delivery.engine import Engine, SendSlice
from services.runtime.delivery.entry import Entry, Output
from services.runtime.delivery.policy import Policy
from services.runtime.logs import set_up_logs

SOURCE, SINK, GROUP = "rig.in", "rig.out", "rig"
AWAY_KEY = "rig:away"  # while it exists, the dependency of `do: depend` is away
BEGAN = "rig:began"  # a hash: how often the handler of each number began

FENCE = "if not owned or owned[2] ~= ARGV[2] then return 0 end"


@dataclass
class Replica:
    """One running replica."""

    process: "subprocess.Popen[bytes]"

    def send(self, number: int) -> None:
        """A signal, if it still runs."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self) -> None:
        """End it as a crash would."""
        self.send(signal.SIGKILL)
        self.process.wait()

    def terminate(self, timeout_s: float = 15) -> float:
        """Ask it to stop; returns how long that took, in seconds."""
        began = time.monotonic()
        self.send(signal.SIGTERM)
        self.process.wait(timeout_s)
        return time.monotonic() - began


def start_replica(redis_url: str, **options: Any) -> Replica:
    """Start a replica; options as `_arguments` lists them, `fence=False` is the control that must double."""
    flags = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    command = [sys.executable, "-m", "bench.delivery_rig", redis_url, *flags]
    return Replica(
        subprocess.Popen(command, stderr=subprocess.DEVNULL if not os.environ.get("RIG_LOG") else None)
    )


async def add_entries(redis: Redis, numbers: range, **fields: str | bytes) -> None:
    """Entries of the rig: each has its number `n` and what its handler shall `do` (default: ok)."""
    for start in range(numbers.start, numbers.stop, 500):
        pipeline = redis.pipeline(transaction=False)
        for number in range(start, min(start + 500, numbers.stop)):
            entry: dict[Any, Any] = {"n": str(number), **fields}
            pipeline.xadd(SOURCE, entry)
        await pipeline.execute()


async def outputs_of(redis: Redis) -> list[int]:
    """The numbers on the sink, as they stand there."""
    entries: Any = await redis.xrange(SINK)
    return [int(fields[b"n"]) for _, fields in entries]


async def pending_of(redis: Redis) -> int:
    """Entries given out and unfinished."""
    return int((await redis.xpending(SOURCE, GROUP))["pending"])


class Handler:
    """Does what the entry says: ok, slow, depend (on the dependency), raise, refuse, kill (the process), freeze."""

    def __init__(self, redis: Redis, work_s: float) -> None:
        self._redis, self._work_s = redis, work_s

    async def __call__(self, entry: Entry, send_slice: SendSlice) -> list[Output]:
        number, order = entry.fields[b"n"].decode(), entry.fields.get(b"do", b"ok").decode()
        if order != "ok":
            await self._redis.hincrby(BEGAN, number, 1)
        await self._obey(order, float(entry.fields.get(b"s", b"0")))
        if self._work_s:
            await asyncio.sleep(self._work_s)
        return [
            Output(
                "XADD",
                SINK,
                ("*", "n", number, "by", str(os.getpid()), "body", entry.fields.get(b"body", b"")),
            )
        ]

    async def _obey(self, order: str, seconds: float) -> None:
        match order:
            case "slow":
                await asyncio.sleep(seconds)
            case "depend":
                if await self._redis.exists(AWAY_KEY):
                    raise RetryLater("the dependency", 0.2)
            case "raise":
                raise ValueError("a bug of the handler")
            case "refuse":
                raise Unprocessable("no sense in this one")
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("redis_url")
    parser.add_argument("--visibility", type=float, default=1.0)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--work", type=float, default=0.0)
    parser.add_argument("--grace", type=float, default=1.0)
    parser.add_argument("--deliveries", type=int, default=5)
    parser.add_argument("--probe", type=float, default=8.0)
    parser.add_argument("--fence", type=lambda text: text == "True", default=True)
    parser.add_argument("--alone", type=lambda text: text == "True", default=True)
    return parser.parse_args(argv)


def take_out(script: str, part: str) -> str:
    """A script without one of its rules: a control. Raises where the rule is not there, for then the control is void."""
    if script.count(part) != 1:
        raise ValueError(f"control is void: {part!r} stands {script.count(part)} times in the script")
    return script.replace(part, "")


async def _run(options: argparse.Namespace) -> None:
    if not options.fence:
        group_module.FINISH = take_out(scripts.FINISH, FENCE)  # type: ignore[attr-defined]
    if not options.alone:
        group_module.TAKE = take_out(scripts.TAKE, "if suspect then suspects = suspects + 1 end").replace(  # type: ignore[attr-defined]
            "if suspect == alone", "if not alone"
        )
    redis = connect_redis(options.redis_url)
    policy = Policy(
        concurrency=options.concurrency,
        visibility_s=options.visibility,
        max_deliveries=options.deliveries,
        backoff_s=(0.1, 0.2, 0.4),
        probe_s=(1.0, options.probe),
        block_s=0.2,
        grace_s=options.grace,
    )
    engine = Engine(SOURCE, GROUP, Handler(connect_redis(options.redis_url), options.work), policy)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await engine.start(redis)
    await stop.wait()
    await engine.stop()


def main(argv: list[str]) -> int:
    """Run one replica until SIGTERM."""
    set_up_logs("rig", "warning")
    structlog.contextvars.bind_contextvars(pid=os.getpid())
    asyncio.run(_run(_arguments(argv)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

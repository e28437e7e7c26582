"""What stands beside a draining backlog: entries that wait, and the memory of each process and of Redis, over time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from redis.asyncio import Redis

from bench.pipeline_rig import cost_of
from bench.svg_chart import Point, over_time, panels
from services.contracts.streams import ARTICLES_NORMALIZED, ARTICLES_RAW, GROUP_NORMALIZE, GROUP_STORE
from services.runtime.delivery.waiting import waiting_entries

SAMPLE_EVERY_S = 2.0
WAITING = {
    "for normalize": (ARTICLES_RAW, GROUP_NORMALIZE),
    "for the store": (ARTICLES_NORMALIZED, GROUP_STORE),
}


@dataclass
class Watch:
    """Samples over the seconds since `until` was called: entries waiting by reader, resident megabytes by process."""

    redis: Redis
    pids: Mapping[str, int]
    began: float = 0.0
    waiting: dict[str, list[Point]] = field(default_factory=lambda: {name: [] for name in WAITING})
    memory: dict[str, list[Point]] = field(default_factory=dict)

    async def until(self, is_over: Callable[[], Awaitable[bool]], at_most_s: float) -> bool:
        """Sample until it is over; False where the time was over first."""
        self.began = time.monotonic()
        deadline = self.began + at_most_s
        while time.monotonic() < deadline:
            await self.sample()
            if await is_over():
                return True
            await asyncio.sleep(SAMPLE_EVERY_S)
        return False

    async def sample(self) -> None:
        """Note how everything stands now."""
        now = time.monotonic() - self.began
        for name, (stream, group) in WAITING.items():
            self.waiting[name].append((now, await waiting_entries(self.redis, stream, group)))
        for name, pid in self.pids.items():
            self.memory.setdefault(name, []).append((now, cost_of(pid).rss_mb))

    def nothing_waits(self) -> bool:
        """Whether the last sample found every entry done."""
        return all(points[-1][1] == 0 for points in self.waiting.values())

    def chart(self) -> str:
        """Both as lines over time, side by side, as SVG."""
        waiting = over_time("Entries that wait", self.waiting, {}, "entries")
        return panels([waiting, over_time("Memory", self.memory, {}, "MB")])

"""The faults of a chaos run that lie between one process and its servers."""

import asyncio
import random
from collections.abc import Callable, Sequence

from .field import VISIBILITY_S, Field
from .proxy import FaultProxy

PARTITION_S = 2 * VISIBILITY_S
SLOW_S, DELAYS_S = 3.0, (0.01, 0.1)


async def reset_connections(field: Field, chance: random.Random) -> None:
    """Something between a process and its servers resets every connection."""
    slot, proxies = _wires(field, chance)
    field.note("connections reset", slot)
    for proxy in proxies:
        proxy.reset()


async def partition(field: Field, chance: random.Random) -> None:
    """One process and its servers do not hear each other; what was under way arrives after the visibility time."""
    slot, proxies = _wires(field, chance)
    field.note("partition", slot)
    await _for_a_while(FaultProxy.partition, proxies, PARTITION_S)


async def refuse_connections(field: Field, chance: random.Random) -> None:
    """One process cannot connect for a while."""
    slot, proxies = _wires(field, chance)
    field.note("connections refused", slot)
    await _for_a_while(FaultProxy.refuse, proxies, PARTITION_S)


async def abandon_connections(field: Field, chance: random.Random) -> None:
    """The servers' machine has vanished and nobody says so: open connections stay, and stay silent for ever."""
    slot, proxies = _wires(field, chance)
    field.note("connections abandoned", slot)
    for proxy in proxies:
        proxy.abandon()


async def slow_network(field: Field, chance: random.Random) -> None:
    """Everything one process sends and hears is late."""
    slot, proxies = _wires(field, chance)
    delay_s = chance.uniform(*DELAYS_S)
    field.note("slow network", f"{slot} {delay_s * 1e3:.0f} ms")
    await _for_a_while(lambda proxy: proxy.slow_down(delay_s), proxies, SLOW_S)


def _wires(field: Field, chance: random.Random) -> tuple[str, list[FaultProxy]]:
    """One process and what stands between it and its servers: sometimes all of it, sometimes one wire."""
    slot = chance.choice(sorted(field.services))
    wires = [proxies[slot] for proxies in (field.to_redis, field.to_postgres) if slot in proxies]
    return slot, wires if chance.random() < 0.5 else [chance.choice(wires)]


async def _for_a_while(
    disturb: Callable[[FaultProxy], None], proxies: Sequence[FaultProxy], seconds: float
) -> None:
    for proxy in proxies:
        disturb(proxy)
    await asyncio.sleep(seconds)
    for proxy in proxies:
        proxy.heal()

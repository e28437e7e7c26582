"""A master, a replica and three sentinels on loopback, for the fail-over's test and figures."""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.console.local.embedded_valkey import EmbeddedValkey, start_valkey

SENTINELS = 3
DOWN_AFTER_MS = 1_000
READY_S = 40.0


@dataclass(frozen=True)
class Cluster:
    """What runs; `url` is how a service is told of it."""

    url: str
    master: EmbeddedValkey
    replica: EmbeddedValkey


@asynccontextmanager
async def sentinel_cluster(folder: Path) -> AsyncIterator[Cluster]:
    """A cluster whose sentinels know each other and the replica; it ends with the block."""
    master, replica = start_valkey(folder / "master"), start_valkey(folder / "replica")
    ports = _free_ports(SENTINELS)
    program = str(master.process.args[0]) if isinstance(master.process.args, list) else ""
    sentinels = [_start_sentinel(program, folder / f"sentinel-{port}", port, master.port) for port in ports]
    try:
        async with Redis.from_url(replica.url) as client, asyncio.timeout(READY_S):
            await client.replicaof("127.0.0.1", master.port)
            while not (await _is_linked(client) and await _agree(ports)):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        yield Cluster(f"sentinel://{','.join(f'127.0.0.1:{port}' for port in ports)}/news/0", master, replica)
    finally:
        for process in (*sentinels, master.process, replica.process):
            process.kill()
            process.wait()


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _start_sentinel(program: str, folder: Path, port: int, master_port: int) -> "subprocess.Popen[bytes]":
    folder.mkdir()
    settings = folder / "sentinel.conf"
    settings.write_text(
        f"bind 127.0.0.1\nport {port}\ndir {folder}\nsentinel monitor news 127.0.0.1 {master_port} 2\n"
        f"sentinel down-after-milliseconds news {DOWN_AFTER_MS}\nsentinel failover-timeout news 3000\n"
    )
    return subprocess.Popen(
        [program, str(settings), "--sentinel"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


async def _is_linked(replica: Redis) -> bool:
    return (await replica.info("replication")).get("master_link_status") == "up"


async def _agree(ports: list[int]) -> bool:
    """Whether every sentinel has found the replica and the other sentinels."""
    for port in ports:
        async with Redis(host="127.0.0.1", port=port, decode_responses=True) as sentinel:
            try:
                state = await sentinel.execute_command("SENTINEL", "MASTER", "news")  # type: ignore[no-untyped-call]
            except (RedisError, OSError):
                return False
            facts = state if isinstance(state, dict) else dict(zip(state[::2], state[1::2], strict=True))
            if int(facts["num-slaves"]) < 1 or int(facts["num-other-sentinels"]) < SENTINELS - 1:
                return False
    return True

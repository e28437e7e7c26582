"""A fail-over of three sentinels on loopback: the stage goes on with the new master, and what it lost is known."""

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.console.embedded_valkey import EmbeddedValkey, _binary, start_valkey
from services.runtime.broker import build_broker, connect_redis
from services.runtime.delivery.policy import Policy
from services.runtime.settings import ServiceSettings
from services.runtime.subscriber import reliable
from services.runtime.wire import emit, publish

SENTINELS = 3
DOWN_AFTER_MS = 1_000


class Note(BaseModel):
    id: int


@dataclass
class Cluster:
    url: str
    master: EmbeddedValkey
    replica: EmbeddedValkey


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    master, replica = start_valkey(tmp_path / "master"), start_valkey(tmp_path / "replica")
    subprocess_ports = free_ports(SENTINELS)
    processes = [
        start_sentinel(tmp_path / f"sentinel-{port}", port, master.port) for port in subprocess_ports
    ]
    nodes = ",".join(f"127.0.0.1:{port}" for port in subprocess_ports)
    yield Cluster(f"sentinel://{nodes}/news/0", master, replica)
    for process in processes:
        process.kill()
        process.wait()
    for server in (master, replica):
        if server.process.poll() is None:
            server.stop()


def start_sentinel(folder: Path, port: int, master_port: int) -> "subprocess.Popen[bytes]":
    folder.mkdir()
    settings = folder / "sentinel.conf"
    settings.write_text(
        f"bind 127.0.0.1\nport {port}\ndir {folder}\nsentinel monitor news 127.0.0.1 {master_port} 2\n"
        f"sentinel down-after-milliseconds news {DOWN_AFTER_MS}\nsentinel failover-timeout news 3000\n"
    )
    command = [_binary(), str(settings), "--sentinel"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def knows_replica(cluster: Cluster) -> bool:
    """Whether every sentinel has found the replica and the other sentinels."""
    for node in cluster.url.removeprefix("sentinel://").split("/")[0].split(","):
        host, port = node.split(":")
        async with Redis(host=host, port=int(port), decode_responses=True) as sentinel:
            try:
                state = await sentinel.execute_command("SENTINEL", "MASTER", "news")
            except RedisError:
                return False
            facts = state if isinstance(state, dict) else dict(zip(state[::2], state[1::2], strict=True))
            if int(facts["num-slaves"]) < 1 or int(facts["num-other-sentinels"]) < SENTINELS - 1:
                return False
    return True


@pytest.mark.timeout(90)
async def test_stage_goes_on_with_the_new_master(cluster: Cluster, eventually: Any) -> None:
    async with Redis.from_url(cluster.replica.url) as replica:
        await replica.replicaof("127.0.0.1", cluster.master.port)
        await eventually(lambda: is_linked(replica), within_s=20)
        await eventually(lambda: knows_replica(cluster), within_s=30, every_s=0.2)
    settings = ServiceSettings(redis_url=cluster.url, visibility_s=2)
    broker = build_broker(settings)

    @reliable(broker, "in", "stage", policy=Policy(visibility_s=2.0, backoff_s=(0.1,)))
    async def on_note(note: Note) -> None:
        emit("out", note)

    client = connect_redis(settings.redis_url)
    await broker.start()
    for number in range(50):
        await publish(client, "in", Note(id=number))
    await eventually(lambda: has_outputs(client, 50))
    assert await client.wait(1, 2_000) == 1, "the replica has everything up to here"
    cluster.master.process.kill()
    cluster.master.process.wait()
    died = time.monotonic()
    await eventually(lambda: is_published(client, 50), within_s=30, every_s=0.1)
    for number in range(51, 80):
        await publish(client, "in", Note(id=number))
    await eventually(lambda: has_outputs(client, 80), within_s=20)
    assert time.monotonic() - died < 30
    outputs = [entry_id for entry_id, _ in await client.xrange("out")]
    assert len(outputs) == 80
    async with Redis.from_url(cluster.replica.url) as promoted:
        assert await promoted.xlen("out") == 80
    await broker.stop()
    await client.aclose()


async def is_linked(replica: Redis) -> bool:
    return (await replica.info("replication")).get("master_link_status") == "up"


async def has_outputs(client: Redis, count: int) -> bool:
    try:
        return await client.xlen("out") >= count
    except (RedisError, OSError):
        return False


async def is_published(client: Redis, number: int) -> bool:
    """Put one entry as soon as somebody takes it; while there is no master nobody does."""
    try:
        await publish(client, "in", Note(id=number))
    except (TimeoutError, RedisError, OSError):
        return False
    return True

"""A service starts, tells how it is, and ends cleanly, as a process of its own."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from services.contracts.streams import ARTICLES_RAW, GROUP_NORMALIZE
from services.runtime.backlog import backlog_of, backlogs
from services.runtime.roster import ROSTER_KEY, read_roster

PROGRAM = Path(__file__).with_name("small_service.py")

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def http_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(redis_url: str, http_port: int) -> Iterator[Start]:
    """Start the small service; it is killed at the test's end."""
    started = []

    def run(*arguments: str, **environ: str) -> "subprocess.Popen[str]":
        settings = {
            "CLEANWIRE_REDIS_URL": redis_url,
            "CLEANWIRE_HTTP_PORT": str(http_port),
            "CLEANWIRE_VISIBILITY_S": "1",
        }
        command = [sys.executable, str(PROGRAM), *arguments]
        started.append(
            subprocess.Popen(
                command, env={**os.environ, **settings, **environ}, stderr=subprocess.PIPE, text=True
            )
        )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


async def answer(port: int, path: str) -> tuple[int, str]:
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            response = await client.get(f"http://127.0.0.1:{port}{path}", timeout=20)
            return response.status_code, response.text
    except httpx.TransportError:
        return 0, ""


async def is_ready(port: int) -> bool:
    return (await answer(port, "/ready"))[0] == 200


def finish(process: "subprocess.Popen[str]") -> tuple[int, list[dict[str, Any]]]:
    """End the process by SIGTERM; its exit code and its log lines, each of which must be JSON."""
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=60)
    return process.returncode, [json.loads(line) for line in log.splitlines()]


async def test_service_tells_how_it_is(
    start: Start, http_port: int, redis_client: Redis, eventually: Any
) -> None:
    process = start()
    await eventually(lambda: is_ready(http_port))
    await redis_client.xadd(ARTICLES_RAW, {"id": "0"})
    await eventually(lambda: redis_client.xlen("out"))
    live, ready = await answer(http_port, "/live"), await answer(http_port, "/ready")
    assert (live[0], json.loads(live[1])["live"]) == (200, True)
    assert json.loads(ready[1])["state"] == "running"
    status, metrics = await answer(http_port, "/metrics")
    assert status == 200
    for line in (
        'cleanwire_stream_entries{stream="articles.raw"} 1.0',
        'cleanwire_group_lag{group="normalize",stream="articles.raw"} 0.0',
        'cleanwire_stage_waits{stream="articles.raw"} 0.0',
        "faststream_received_processed_messages_total{",
    ):
        assert line in metrics
    assert (await answer(http_port, "/nothing"))[0] == 404
    ((name, said),) = (await read_roster(redis_client)).items()
    assert (said.service, said.state, said.pid) == ("small", "running", process.pid)
    assert name.startswith("small/")
    code, lines = finish(process)
    assert code == 0
    (outcome,) = [line for line in lines if line["event"] == "page_passed"]
    assert {"stream", "message_id", "correlation_id", "duration_ms", "attempt"} <= outcome.keys()
    assert await read_roster(redis_client) == {}


async def test_service_told_to_stop_finishes_its_message(
    start: Start, http_port: int, redis_client: Redis, eventually: Any
) -> None:
    process = start()
    await eventually(lambda: is_ready(http_port))
    await redis_client.xadd(ARTICLES_RAW, {"id": "8"})
    await eventually(lambda: has_pending(redis_client))
    code, _ = finish(process)
    assert code == 0
    assert await redis_client.xlen("out") == 1
    assert not await has_pending(redis_client)


async def has_pending(redis: Redis) -> bool:
    return bool((await redis.xpending(ARTICLES_RAW, GROUP_NORMALIZE))["pending"])


async def test_service_ends_though_a_task_swallows_its_cancellation(
    start: Start, redis_client: Redis, eventually: Callable[..., Any]
) -> None:
    process = start("stubborn")
    await eventually(lambda: redis_client.exists(ROSTER_KEY))

    process.send_signal(signal.SIGTERM)

    assert await asyncio.to_thread(process.wait, 30) == 0


async def test_service_whose_port_is_taken_says_so_and_does_not_start(start: Start, http_port: int) -> None:
    with socket.create_server(("127.0.0.1", http_port)):
        process = start()
        _, said = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode != 0
    assert f"CLEANWIRE_HTTP_PORT is {http_port}" in said and "0 for no HTTP server" in said


async def test_service_ends_when_a_background_task_dies(start: Start) -> None:
    process = start("die")
    _, log = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 1
    (death,) = [json.loads(line) for line in log.splitlines() if "task_died" in line]
    assert "the scheduler broke" in death["exception"]


async def test_service_without_redis_lives_and_is_not_ready(
    start: Start, http_port: int, eventually: Any
) -> None:
    process = start(CLEANWIRE_REDIS_URL="redis://user:s3cret@127.0.0.1:1/0")
    await eventually(lambda: is_answering(http_port))
    status, body = await answer(http_port, "/ready")
    assert (status, json.loads(body)["ready"]) == (503, False)
    code, lines = finish(process)
    assert code == 0
    assert "s3cret" not in json.dumps(lines)


async def is_answering(port: int) -> bool:
    return (await answer(port, "/live"))[0] == 200


async def test_stage_behind_a_gate_is_degraded_and_stays_ready(
    start: Start, http_port: int, redis_client: Redis, eventually: Any
) -> None:
    await redis_client.set(f"cleanwire:breaker:{ARTICLES_RAW}:{GROUP_NORMALIZE}", "most of it failed")
    start()
    await eventually(lambda: is_degraded(http_port))
    status, body = await answer(http_port, "/ready")
    assert (status, json.loads(body)["waits_for"]) == (200, "most of it failed")
    assert (await answer(http_port, "/live"))[0] == 200


async def is_degraded(port: int) -> bool:
    status, body = await answer(port, "/ready")
    return status == 200 and json.loads(body)["state"] == "degraded"


async def test_process_that_went_silent_is_marked_so_and_then_forgotten(redis_client: Redis) -> None:
    said = {
        "service": "store",
        "state": "running",
        "pid": 1,
        "last_read": 0.1,
        "last_commit": None,
        "waits_for": None,
    }
    await redis_client.hset(ROSTER_KEY, "store/a", json.dumps({**said, "said_at": time.time() - 60}))
    await redis_client.hset(ROSTER_KEY, "store/b", json.dumps({**said, "said_at": 0}))
    roster = await read_roster(redis_client)
    assert {name: process.state for name, process in roster.items()} == {"store/a": "silent"}
    assert await redis_client.hlen(ROSTER_KEY) == 1


async def test_backlog_counts_what_was_given_out_what_was_not_and_what_is_dead(redis_client: Redis) -> None:
    for number in range(5):
        await redis_client.xadd(ARTICLES_RAW, {"n": number}, id=f"{1_700_000_000_000 + number}-0")
    await redis_client.xadd(f"{ARTICLES_RAW}.dead", {"n": 9})
    missing = (await backlogs(redis_client))[ARTICLES_RAW].groups[GROUP_NORMALIZE]
    assert (missing.lag, missing.pending, missing.oldest_pending_s) == (5, 0, None)
    await redis_client.xgroup_create(ARTICLES_RAW, GROUP_NORMALIZE, "0")
    await redis_client.xreadgroup(GROUP_NORMALIZE, "me", {ARTICLES_RAW: ">"}, count=2)
    backlog = await backlog_of(redis_client, ARTICLES_RAW)
    group = backlog.groups[GROUP_NORMALIZE]
    assert (backlog.length, backlog.dead, group.lag, group.pending) == (5, 1, 3, 2)
    assert group.oldest_pending_s is not None
    assert group.oldest_pending_s > 86_400


async def test_backlog_bears_a_group_whose_lag_the_server_does_not_know(redis_client: Redis) -> None:
    ids = [await redis_client.xadd(ARTICLES_RAW, {"n": number}) for number in range(5)]
    await redis_client.xgroup_create(ARTICLES_RAW, GROUP_NORMALIZE, ids[1])
    await redis_client.xdel(ARTICLES_RAW, ids[3])
    assert (await redis_client.xinfo_groups(ARTICLES_RAW))[0]["lag"] is None
    assert (await backlog_of(redis_client, ARTICLES_RAW)).groups[GROUP_NORMALIZE].lag >= 2

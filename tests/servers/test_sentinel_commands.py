"""The operator's commands behind sentinels: the same URL as the services', and the master is found through it."""

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bench.sentinel_rig import sentinel_cluster
from services.console.exits import Exit
from services.console.main import run
from services.console.subscribers.replicas import on_replicas


@pytest.mark.timeout(120)
async def test_commands_find_the_master_through_its_sentinels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with sentinel_cluster(tmp_path) as cluster:
        monkeypatch.setenv("CLEANWIRE_REDIS_URL", cluster.url)
        monkeypatch.setenv("CLEANWIRE_DATA_DIR", str(tmp_path))

        async def told_by(*command: str) -> tuple[int, str, str]:
            code = await asyncio.to_thread(run, list(command))
            told = capsys.readouterr()
            return code, told.out, told.err

        code, out, err = await told_by("subscriber", "add", "desk", "--json")
        assert (code, "after a fail-over" in err, "has not taken it" in err) == (Exit.DONE, True, False), err
        added = json.loads(out)
        assert f"127.0.0.1:{cluster.master.port}" in added["url"]
        async with Redis.from_url(added["url"]) as subscriber:
            assert await subscriber.xlen("articles.cleaned") == 0
        code, out, _ = await told_by("subscriber", "list", "--json")
        assert (code, json.loads(out)["name"]) == (Exit.DONE, "desk")
        code, out, _ = await told_by("submit", "https://paper.example/1")
        assert code == Exit.DONE
        async with Redis.from_url(cluster.master.url) as master:
            assert await master.xlen("fetch.requests") == 1
        assert (await told_by("dead", "list"))[0] == Exit.DONE
        assert (await told_by("subscriber", "remove", "desk"))[0] == Exit.DONE
        async with Redis.from_url(cluster.replica.url) as replica:
            assert "desk" not in await replica.acl_users()


@pytest.mark.timeout(120)
async def test_subscriber_reads_on_from_the_new_master_with_the_same_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], eventually: Any
) -> None:
    async with sentinel_cluster(tmp_path) as cluster:
        monkeypatch.setenv("CLEANWIRE_REDIS_URL", cluster.url)
        monkeypatch.setenv("CLEANWIRE_DATA_DIR", str(tmp_path))
        assert await asyncio.to_thread(run, ["subscriber", "add", "desk", "--json"]) == Exit.DONE
        url = json.loads(capsys.readouterr().out)["url"]
        async with Redis.from_url(cluster.master.url) as master:
            await master.xadd("articles.cleaned", {"id": "a:1"})
            assert await master.wait(1, 10_000) == 1, "the replica has it"
        cluster.master.process.kill()
        cluster.master.process.wait()
        there = url.replace(f":{cluster.master.port}/", f":{cluster.replica.port}/")
        async with Redis.from_url(there) as subscriber:

            async def has_read() -> bool:
                try:
                    await subscriber.xreadgroup("desk", "me", {"articles.cleaned": ">"})
                    return bool((await subscriber.xpending("articles.cleaned", "desk"))["pending"])
                except (
                    RedisError,
                    OSError,
                ):  # still a replica, or cutting its connections as it becomes the master
                    return False

            await eventually(has_read)


def test_without_sentinels_nobody_is_asked_for_replicas() -> None:
    assert on_replicas("redis://127.0.0.1:9/0", lambda _: pytest.fail("there is no replica")) == []


@pytest.mark.parametrize("command", [("subscriber", "list"), ("dead", "list")])
def test_sentinels_that_do_not_answer_are_unreachable(
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"sentinel://ops:secret@127.0.0.1:{closed.getsockname()[1]}/news"
        monkeypatch.setenv("CLEANWIRE_REDIS_URL", url)
        monkeypatch.setenv("CLEANWIRE_DATA_DIR", str(tmp_path))
        assert run(list(command)) == Exit.UNREACHABLE
    told = capsys.readouterr().err
    assert "no answer from Redis at sentinel://" in told
    assert "secret" not in told

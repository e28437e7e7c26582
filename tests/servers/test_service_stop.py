"""A service told to stop comes to its end, whatever hangs: name servers, or a task of its own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("small_service.py")
HANGS_S = 600  # far above the deadline of each test: a process that waits for it has failed
ENDS_WITHIN_S = 120.0

# Python loads this at its start: the name servers of this process never answer.
DEAF_RESOLVER = f"""
import pathlib, socket, time

def never(host, *others, **more):
    pathlib.Path(__file__).with_name("asked").touch()
    time.sleep({HANGS_S})

socket.getaddrinfo = never
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the small service with its log in a file; it is killed at the test's end."""
    started = []

    def run(*arguments: str, **environ: str) -> "subprocess.Popen[str]":
        with (tmp_path / "log").open("w") as log:
            started.append(
                subprocess.Popen(
                    [sys.executable, str(PROGRAM), *arguments],
                    env={**os.environ, "CLEANWIRE_VISIBILITY_S": "1", **environ},
                    stderr=log,
                    text=True,
                )
            )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()


def lines_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log").read_text().splitlines()]


def has_said(folder: Path, event: str) -> Callable[[], bool]:
    return lambda: event in (folder / "log").read_text()


async def end_of(process: "subprocess.Popen[str]") -> int:
    """Its exit code after SIGTERM."""
    process.send_signal(signal.SIGTERM)
    return await asyncio.to_thread(process.wait, ENDS_WITHIN_S)


async def test_service_ends_though_sentinels_and_name_servers_are_silent(
    start: Start, tmp_path: Path, eventually: Any
) -> None:
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    (stubs / "sitecustomize.py").write_text(DEAF_RESOLVER)
    url = "sentinel://a.invalid:1,b.invalid:2/main/0"
    process = start(
        PYTHONPATH=f"{stubs}{os.pathsep}{os.environ.get('PYTHONPATH', '')}", CLEANWIRE_REDIS_URL=url
    )
    await eventually(has_said(tmp_path, "service_started"))
    await eventually((stubs / "asked").exists)

    assert await end_of(process) == 0

    *_, stopped, last = lines_of(tmp_path)
    assert stopped["event"] == "service_stopped"
    assert last["event"] == "process_cut_off"
    assert any(name.startswith("asyncio") for name in last["threads"])


async def test_service_ends_though_a_task_swallows_every_cancellation(
    start: Start, tmp_path: Path, redis_url: str, eventually: Any
) -> None:
    process = start("deaf", CLEANWIRE_REDIS_URL=redis_url, CLEANWIRE_STOP_WITHIN_S="1")
    await eventually(has_said(tmp_path, "service_started"))

    assert await end_of(process) == 1

    last = lines_of(tmp_path)[-1]
    assert (last["event"], last["after_s"]) == ("process_cut_off", 1.0)

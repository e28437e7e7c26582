"""The embedded server is durable, restartable on its port, and ends with its parent."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis import Redis

from services.console.local.embedded_valkey import ValkeyStartError, _answers, start_valkey


def test_killed_server_comes_back_on_its_port_with_its_entries(tmp_path: Path) -> None:
    first = start_valkey(tmp_path)
    with Redis.from_url(first.url) as client:
        client.xadd("articles.raw", {"page": b"\xff"})
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    second = start_valkey(tmp_path, first.port)
    with Redis.from_url(second.url) as client:
        assert client.xlen("articles.raw") == 1
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
    second.stop()


def test_port_of_another_server_is_refused(tmp_path: Path) -> None:
    server = start_valkey(tmp_path / "one")
    with pytest.raises(ValkeyStartError, match="taken by another server"):
        start_valkey(tmp_path / "two", server.port)
    server.stop()


def test_server_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib; from services.console.local.embedded_valkey import start_valkey;"
        "print(start_valkey(pathlib.Path(sys.argv[1])).port, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    port = int(parent.stdout.readline())
    assert _answers(port)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while _answers(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _answers(port)

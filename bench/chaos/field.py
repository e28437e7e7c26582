"""All that a chaos run may hurt: the services in their slots, the servers, what stands between them, the disk, the clock."""

import contextlib
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.embedded_postgres import EmbeddedPostgres, start_postgres
from services.console.local.embedded_valkey import EmbeddedValkey, start_valkey

from .clock import SteppedClock
from .disk import Disk
from .process import Process, start_process
from .proxy import FaultProxy

VISIBILITY_S = 3.0  # shorter, and a process starved on a shared machine loses what it works on
TOPOLOGIES: dict[str, tuple[str, ...]] = {
    "sqlite": ("ingest 1", "ingest 2", "normalize 1", "normalize 2", "store 1"),
    "postgresql": (
        "ingest 1",
        "ingest 2",
        "normalize 1",
        "normalize 2",
        "store 1",
        "store 2",
        "store 3",
    ),
}


@dataclass
class Field:
    """The machine of one run. A proxy of its own stands between each process and each server."""

    folder: Path
    environ: dict[str, str]
    server: EmbeddedValkey
    disk: Disk
    postgres: EmbeddedPostgres | None = None
    clock: SteppedClock | None = None
    without: Sequence[str] = ()
    to_redis: dict[str, FaultProxy] = field(default_factory=dict)
    to_postgres: dict[str, FaultProxy] = field(default_factory=dict)
    services: dict[str, Process] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    timeline: list[tuple[float, str]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    is_held: bool = False  # a fault has put a server down and brings it back itself

    def start(self, slot: str) -> None:
        """Start the service of a slot (`normalize 2`)."""
        environ = {**self.environ, "CLEANWIRE_REDIS_URL": f"redis://127.0.0.1:{self.to_redis[slot].port}/0"}
        if slot in self.to_postgres:
            environ["CLEANWIRE_DATABASE_URL"] = (
                f"postgresql://cleanwire@127.0.0.1:{self.to_postgres[slot].port}/cleanwire"
            )
        log = self.folder / "logs" / f"{slot.replace(' ', '-')}.log"
        self.services[slot] = start_process(slot.split()[0], log, environ, self.without)

    def restart_dead(self) -> None:
        """What a supervisor does."""
        for slot, process in self.services.items():
            if not process.is_running():
                self.start(slot)
        if self.is_held:
            return
        if self.server.process.poll() is not None:
            self.restart_server()
        if self.postgres is not None and self.postgres.process.poll() is not None:
            self.postgres = self.postgres.restart()

    def restart_server(self) -> None:
        """Start Redis again on its file and its port."""
        with self.clock_environ():
            self.server = start_valkey(self.server.data_dir, self.server.port, maxmemory="0")

    @contextlib.contextmanager
    def clock_environ(self) -> Iterator[None]:
        """What is started within sees the run's clock."""
        with shown_clock(self.clock):
            yield

    @contextlib.contextmanager
    def held_servers(self) -> Iterator[None]:
        """Within, a dead server stays dead."""
        self.is_held = True
        try:
            yield
        finally:
            self.is_held = False

    def stores(self) -> list[int]:
        """The process ids of the stores."""
        return [process.pid for slot, process in self.services.items() if slot.startswith("store")]

    def note(self, fault: str, detail: str = "") -> None:
        """Count a fault and remember when it was."""
        self.told[fault] += 1
        self.remark(f"{fault} {detail}".strip())

    def remark(self, text: str) -> None:
        """Remember a moment that is no fault."""
        self.timeline.append((time.monotonic() - self.began, text))

    async def close(self) -> None:
        """End everything."""
        for process in self.services.values():
            process.end()
        self.server.stop()
        if self.postgres is not None:
            self.postgres.stop()
        for proxy in (*self.to_redis.values(), *self.to_postgres.values()):
            await proxy.stop()
        self.disk.close()


@contextlib.contextmanager
def shown_clock(clock: SteppedClock | None) -> Iterator[None]:
    """Processes started within see this clock."""
    before = {name: os.environ.get(name) for name in (clock.environ if clock else {})}
    os.environ.update(clock.environ if clock else {})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


async def build_field(
    folder: Path,
    environ: dict[str, str],
    *,
    topology: str,
    has_clock: bool,
    mounted: bool,
    without: Sequence[str],
) -> Field:
    """Start servers, proxies and services."""
    (folder / "logs").mkdir()
    clock = SteppedClock(folder / "clock") if has_clock else None
    disk = Disk(folder / "disk", mounted=mounted)
    postgres = start_postgres(durable=True, within=disk.folder) if topology == "postgresql" else None
    with shown_clock(clock):
        server = start_valkey(folder / "valkey", maxmemory="0")
    shown = {**environ, **(clock.environ if clock else {}), "CLEANWIRE_DATA_DIR": str(disk.folder)}
    built = Field(folder, shown, server, disk, postgres, clock, without)
    for slot in TOPOLOGIES[topology]:
        built.to_redis[slot] = await FaultProxy(server.port).start()
        if postgres is not None and slot.startswith("store"):
            built.to_postgres[slot] = await FaultProxy(postgres.port).start()
        built.start(slot)
    return built

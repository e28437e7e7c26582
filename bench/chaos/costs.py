"""What a chaos run costs: processor time of each service, of the servers, and of the bench itself, read from /proc."""

import os
import time
from collections import defaultdict
from pathlib import Path

from .field import Field

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


class Costs:
    """Adds up processor seconds by name; a process that dies between two looks takes the last of its time with it."""

    def __init__(self) -> None:
        self._spent: dict[tuple[str, int], float] = {}
        self._own = time.process_time()

    def look(self, built: Field) -> None:
        """Note what every process of the run has used until now."""
        watched = [(slot.split()[0], process.pid) for slot, process in built.services.items()]
        watched.append(("valkey", built.server.process.pid))
        if built.postgres is not None:
            watched += [("postgresql", pid) for pid in _family(built.postgres.process.pid)]
        for name, pid in watched:
            self._spent[name, pid] = max(_cpu_s(pid), self._spent.get((name, pid), 0.0))

    def by_name(self) -> dict[str, float]:
        """Processor seconds of each service and server, all lives together, and of the bench."""
        found: dict[str, float] = defaultdict(float)
        for (name, _), spent in self._spent.items():
            found[name] += spent
        return {**found, "bench": time.process_time() - self._own}


def _cpu_s(pid: int) -> float:
    """User and system time of a process; 0 where it is gone."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _family(parent: int) -> list[int]:
    """A process and its children: each of PostgreSQL's leads a group of its own."""
    pids = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
    return [parent, *(pid for pid in pids if (fields := _stat(pid)) and int(fields[1]) == parent)]


def _stat(pid: int) -> list[str]:
    """What stands behind the command's name in /proc/PID/stat; nothing where the process is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []

"""The processes of a chaos run: each service in its slot, its log in one file, gone when the run is gone."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]
PR_SET_PDEATHSIG = 1


@dataclass
class Process:
    """One running service process."""

    popen: "subprocess.Popen[bytes]"

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.popen.pid

    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.popen.poll() is None

    def send(self, number: int) -> None:
        """A signal, if it still runs."""
        if self.is_running():
            self.popen.send_signal(number)

    def end(self) -> None:
        """End it for good: the run is over, and so is its work."""
        self.popen.kill()
        self.popen.wait()


def start_process(service: str, log: Path, environ: dict[str, str], without: Sequence[str] = ()) -> Process:
    """Start a service; what it logs is added to the file `log`."""
    flags = [part for rule in without for part in ("--without", rule)]
    command = [sys.executable, "-m", "bench.chaos.replica", service, *flags]
    with log.open("ab") as output:
        popen = subprocess.Popen(
            command,
            env={**os.environ, **environ},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=partial(_die_with, os.getpid()) if sys.platform == "linux" else None,
        )
    return Process(popen)


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)

"""The command `cleanwire` as a process of its own: its output, its services' process ids."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

POLL_S = 0.05


class RunningCommand:
    """`cleanwire ARG...` under way. `lines` is its stdout, `logs` its stderr's JSON records, `noise` the rest of it."""

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CLEANWIRE_")}
        self.lines: list[str] = []
        self.line_times: list[float] = []
        self.logs: list[dict[str, Any]] = []
        self.noise: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "services.console", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**clean, **(environ or {})},
        )
        assert self.process.stdout is not None and self.process.stderr is not None
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self._take_line)),
            threading.Thread(target=self._read, args=(self.process.stderr, self._take_log)),
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.stop()

    def pid_of(self, service: str) -> int:
        """The present process of a service; waits for its start."""
        started = self.wait_for(lambda: self._starts(service), f"{service} to start")
        pid: int = started[-1]["pid"]
        return pid

    def kill(self, service: str) -> None:
        """`kill -9`, and wait until another process has taken its place."""
        pid = self.pid_of(service)
        os.kill(pid, signal.SIGKILL)
        self.wait_for(lambda: self.pid_of(service) != pid, f"{service} to be started again")

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log records of one event, in order."""
        return [record for record in list(self.logs) if record.get("event") == name]

    def wait_for(self, found: Callable[[], Any], what: str, within_s: float = 60.0) -> Any:
        """What `found` returns as soon as it is true. Raises TimeoutError with the end of the logs."""
        deadline = time.monotonic() + within_s
        while not (result := found()):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise TimeoutError(f"waited {within_s:.0f} s for {what}; {self.told()}")
            time.sleep(POLL_S)
        return result

    def wait_end(self, within_s: float) -> int:
        """The exit code; everything it wrote has been read then."""
        code = self.process.wait(within_s)
        for reader in self._readers:
            reader.join(10.0)
        return code

    def stop(self, within_s: float = 60.0) -> int:
        """SIGTERM, and the exit code. It takes 10 s at the most where the machine has room for it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.wait_end(within_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def told(self) -> str:
        """The end of what it said, for a failure's message."""
        last = [json.dumps(record) for record in self.logs[-8:] if record.get("event") != "feed_polled"]
        return "\n".join([f"exit code {self.process.poll()}", *last, *self.noise[-20:]])

    def _starts(self, service: str) -> list[dict[str, Any]]:
        return [record for record in self.events("service_started") if record.get("of") == service]

    def _read(self, pipe: IO[bytes], take: Callable[[str], None]) -> None:
        for line in pipe:
            take(line.decode(errors="replace").rstrip("\n"))
        pipe.close()

    def _take_line(self, line: str) -> None:
        self.line_times.append(time.monotonic())
        self.lines.append(line)

    def _take_log(self, line: str) -> None:
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if isinstance(record, dict):
            self.logs.append(record)
        else:
            self.noise.append(line)


def noted_redis_url(data_dir: Path) -> str:
    """Where the embedded server over this folder answers."""
    return (data_dir / "redis_url").read_text().strip()

"""Keeps the services running as processes: restarts what died, passes on what they log, stops all in order."""

import asyncio
import contextlib
import json
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from ..exits import CommandError, Exit
from .child import ask_to_end, has_ended, kill_child, pass_lines, start_child

FIRST_RESTART_S = 0.2  # a killed process is back well within a second
LONGEST_RESTART_S = 5.0
SETTLED_S = 10.0  # alive that long: the next death starts the back-off anew
STOP_TIMEOUT_S = 8.0  # for all services together; with the server's own stop it stays below 10 s
HEAD_START_S = 2.0  # what a service has to drain before the next in the walk is asked to end
LAST_LINES_S = 1.0
SAID_CHARS = 300  # of its last line: most often the error
WRONG_SETTINGS = Exit.USAGE  # a service that ends so will end so again: no restart helps

OnLine = Callable[[str, bytes], None]


@dataclass
class Service:
    """One service, its present process, and how often it had to be started again."""

    name: str
    process: Process | None = None
    restarts: int = 0
    delay_s: float = FIRST_RESTART_S
    last_line: bytes = b""

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self.process.pid if self.process is not None and self.process.returncode is None else None


class Supervisor:
    """Runs `python -m services.<name>` for each name. `on_line` gets every log line with its service's name."""

    def __init__(self, names: Sequence[str], environ: Mapping[str, str], on_line: OnLine) -> None:
        self.services = [Service(name) for name in names]
        self._environ = environ
        self._on_line = on_line
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ask `run` to end."""
        self._stopping.set()

    async def run(self) -> None:
        """Run until `stop`, then stop the services in the order of the walk.

        Raises CommandError when a service refuses its settings; the others are stopped first.
        """
        keepers = [asyncio.create_task(self._keep(service)) for service in self.services]
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait([stopping, *keepers], return_when=asyncio.FIRST_COMPLETED)
        self._stopping.set()
        await self._end_all()
        await asyncio.gather(stopping, *keepers)

    async def _keep(self, service: Service) -> None:
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._run_once(service)
            if self._stopping.is_set():
                return
            if code == WRONG_SETTINGS:
                said = service.last_line.decode(errors="replace").strip()
                raise CommandError.usage(f"{service.name} refused to start: {said}")
            if time.monotonic() - started >= SETTLED_S:
                service.delay_s = FIRST_RESTART_S
            await self._back_off(service, code)

    async def _run_once(self, service: Service) -> int:
        command = (sys.executable, "-m", f"services.{service.name}")
        service.process = process = await start_child(command, self._environ)
        self._say("service_started", service, pid=process.pid, restarts=service.restarts)
        lines = asyncio.create_task(pass_lines(process, partial(self._take_line, service)))
        code = await process.wait()
        await asyncio.wait([lines], timeout=LAST_LINES_S)  # a grandchild may hold the pipe open for ever
        lines.cancel()
        return code

    async def _back_off(self, service: Service, code: int) -> None:
        said = service.last_line.decode(errors="replace").strip()[-SAID_CHARS:]
        facts = {"exit_code": code, "restart_in_s": service.delay_s, "said": said}
        self._say("service_died", service, level="error", **facts)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), service.delay_s)
        service.delay_s = min(service.delay_s * 2, LONGEST_RESTART_S)
        service.restarts += 1

    async def _end_all(self) -> None:
        """In the order of the walk, so that what is under way drains; a slow one does not use up the others' time."""
        deadline = time.monotonic() + STOP_TIMEOUT_S
        running = [
            (one, one.process) for one in self.services if one.pid is not None and one.process is not None
        ]
        for _service, process in running:
            ask_to_end(process)
            await has_ended(process, HEAD_START_S)
        for service, process in running:
            if not await has_ended(process, deadline - time.monotonic()):
                self._say(
                    "service_killed",
                    service,
                    level="warning",
                    reason=f"still running after {STOP_TIMEOUT_S:.0f} s",
                )
                await kill_child(process)
            self._say("service_stopped", service, exit_code=process.returncode)

    def _take_line(self, service: Service, line: bytes) -> None:
        service.last_line = line
        self._on_line(service.name, line)

    def _say(self, event: str, service: Service, *, level: str = "info", **fields: object) -> None:
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        record = {
            "event": event,
            "level": level,
            "timestamp": now,
            "service": "console",
            "of": service.name,
            **fields,
        }
        self._on_line("console", json.dumps(record).encode() + b"\n")

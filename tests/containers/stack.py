"""The stack of deploy/compose.yaml on the tests' engine, as an operator drives it: by docker compose and the console's image."""

import json
import os
import shutil
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.containers import small_web
from tests.containers.engine import Engine

CHECKOUT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
PARTS = ("compose.yaml", "prepare", "redis", "sources.toml", "topics", "monitoring")


@dataclass
class Stack:
    """One project of compose in a folder of its own: a copy of deploy/, prepared as the guide says."""

    engine: Engine
    folder: Path
    profiles: str = "postgresql"
    web_seconds: float = 25.0
    health_every: str = "1s"
    settings: dict[str, str] = field(default_factory=dict)
    server: str = "redis"

    def prepare(self) -> None:
        """Copy deploy/, and write its secrets and the small web's sources."""
        self.folder.mkdir(parents=True)
        for name in PARTS:
            source = CHECKOUT / "deploy" / name
            if source.is_dir():
                shutil.copytree(source, self.folder / name)
            elif source.exists():
                shutil.copy2(source, self.folder / name)
        os.spawnl(os.P_WAIT, str(self.folder / "prepare"), "prepare", "stage@example.org")
        (self.folder / "small-web").mkdir()
        (self.folder / "small-web" / "sources.toml").write_text(small_web.sources_toml())

    def compose(self, *arguments: str, within_s: float = 300) -> str:
        """Run one `docker compose` command; what it printed. Raises EngineError."""
        return self.engine.docker(
            "compose",
            *("--file", str(self.folder / "compose.yaml"), "--file", str(HERE / "compose.small-web.yaml")),
            *arguments,
            within_s=within_s,
            **self._environ(),
        )

    def shell(self, script: str, within_s: float = 300) -> str:
        """Run lines of the guide as an operator does, in the folder of compose.yaml; what they printed. Raises EngineError."""
        files = (self.folder / "compose.yaml", HERE / "compose.small-web.yaml")
        environ = {"COMPOSE_FILE": ":".join(map(str, files)), **self._environ()}
        return self.engine.shell(script, self.folder, within_s=within_s, **environ)

    def _environ(self) -> dict[str, str]:
        return {
            "HEALTH_EVERY": self.health_every,
            "COMPOSE_PROFILES": self.profiles,
            "CHECKOUT": str(CHECKOUT),
            "SMALL_WEB": str(self.folder / "small-web"),
            "SMALL_WEB_SECONDS": str(self.web_seconds),
            "CLEANWIRE_ALLOW_PRIVATE_HOSTS": small_web.places(),
            "CLEANWIRE_HOST_GAP_S": "0",
            "CLEANWIRE_VISIBILITY_S": "3",
            **self.settings,
        }

    def console(self, *arguments: str) -> str:
        """Run one command of the operators' image; what it printed on stdout."""
        service = "console-sqlite" if "sqlite" in self.profiles else "console"
        return self.compose("run", "--rm", "--no-TTY", service, *arguments)

    def redis(self, *command: str, server: str = "") -> str:
        """Run one Redis command as the operator: on the server of that name, or the one that `server` of the stack names."""
        password = (self.folder / "secrets" / "redis_operator_password").read_text()
        return self.compose(
            *(
                "exec",
                "--no-TTY",
                server or self.server,
                "redis-cli",
                "--no-auth-warning",
                "--user",
                "operator",
                "--pass",
                password,
            ),
            *command,
        )

    def events(self, stream: str) -> list[Mapping[str, str]]:
        """Every entry of a public stream, as its fields."""
        return list(self.entries(stream).values())

    def entries(self, stream: str) -> dict[str, Mapping[str, str]]:
        """Entry id → fields, of everything that stands on a public stream."""
        entries: list[list[Any]] = json.loads(self.redis("--json", "XRANGE", stream, "-", "+"))
        return {entry_id: dict(zip(flat[::2], flat[1::2], strict=True)) for entry_id, flat in entries}

    def containers(self, *services: str) -> list[dict[str, Any]]:
        """What the engine knows of the containers of these services (of all without any), ended ones too."""
        ids = self.compose("ps", "--all", "--quiet", *services).split()
        return list(json.loads(self.engine.docker("inspect", *ids))) if ids else []

    def kill(self, container: dict[str, Any]) -> None:
        """SIGKILL its main process, as a crash does: the engine itself would take its own kill for a wish to stop."""
        os.kill(container["State"]["Pid"], signal.SIGKILL)


def service_of(container: Mapping[str, Any]) -> str:
    """The name that compose.yaml gives to this container's service."""
    return str(container["Config"]["Labels"]["com.docker.compose.service"])


def within(seconds: float, condition: Any, what: str) -> Any:
    """Wait until `condition()` is true and return its value. Raises AssertionError that names `what`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.3)


def exit_codes(containers: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Container name → exit code."""
    return {str(one["Name"]).lstrip("/"): int(one["State"]["ExitCode"]) for one in containers}

"""A container engine of the tests' own: a real dockerd in a network namespace, which leaves nothing behind on the host."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 60.0
CONTAINERS_IN = ("--bip", "172.30.77.1/24", "--default-address-pool", "base=172.30.80.0/20,size=24")
NO_NETWORK_OF_ITS_OWN = ("--bridge=none", "--iptables=false", "--ip-forward=false")
DOCKER = "/usr/bin/docker"  # Debian's: the one that has BuildKit inside


class EngineError(RuntimeError):
    """A command of the engine failed; the message ends with what it said."""


class EngineDidNotStart(EngineError):
    """This machine does not let an engine run. No fault of the product."""


@dataclass
class Engine:
    """One dockerd over `folder`, reached through its socket only.

    `in_host_network`: for builds, which fetch packages; containers then have no network but the host's. Otherwise it
    stands in a network namespace of its own, without a way out, and its bridges and rules go with the namespace.
    `config`: the folder that holds the plugin `compose`.
    """

    folder: Path
    in_host_network: bool = False
    config: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> str:
        """What DOCKER_HOST is to be."""
        return f"unix://{self.folder / 'docker.sock'}"

    @property
    def namespace(self) -> str:
        """The name of its network namespace."""
        return f"cleanwire-{os.getpid()}"

    def start(self) -> None:
        """Return when it answers. Raises EngineDidNotStart."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "dockerd.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self._way_in(), *self._command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while self._run([DOCKER, "info"]).returncode:
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = (self.folder / "dockerd.log").read_text(errors="replace")[-2_000:]
                self.stop()
                raise EngineDidNotStart(f"dockerd did not start:\n{said}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End it and everything it started; the folder stays."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None
        for mount in _mounts_below(self.folder):
            subprocess.run(["umount", "--lazy", mount], check=False, capture_output=True)
        if not self.in_host_network:
            subprocess.run(["ip", "netns", "del", self.namespace], check=False, capture_output=True)
        with contextlib.suppress(FileNotFoundError):
            (self.folder / "docker.sock").unlink()

    def docker(
        self, *arguments: str, stdin: Path | None = None, within_s: float = 300, **environ: str
    ) -> str:
        """Run one docker command; what it printed. Raises EngineError."""
        with contextlib.ExitStack() as stack:
            source = stack.enter_context(stdin.open("rb")) if stdin else subprocess.DEVNULL
            done = self._run([DOCKER, *arguments], source=source, within_s=within_s, environ=environ)
        if done.returncode:
            raise EngineError(f"docker {' '.join(arguments)}: {done.stderr[-3_000:]}{done.stdout[-2_000:]}")
        return done.stdout

    def shell(self, script: str, folder: Path, *, within_s: float, **environ: str) -> str:
        """Run lines of a shell in which `docker` is this engine's; what they printed. Raises EngineError."""
        path = f"{Path(DOCKER).parent}:{os.environ['PATH']}"
        command = ["bash", "-euo", "pipefail", "-c", f'cd "$0"\n{script}', str(folder)]
        done = self._run(command, within_s=within_s, environ={"PATH": path, **environ})
        if done.returncode:
            raise EngineError(f"{script}: {done.stderr[-3_000:]}{done.stdout[-2_000:]}")
        return done.stdout

    def logs(self, container: str) -> str:
        """What a container has written to both its outputs."""
        done = self._run([DOCKER, "logs", container])
        return done.stdout + done.stderr

    def has_image(self, tag: str) -> bool:
        """Whether an image of that name is there."""
        return not self._run([DOCKER, "image", "inspect", tag]).returncode

    def inside(self, *command: str) -> str:
        """Run a command in the engine's network namespace, where the published ports are; what it printed."""
        done = subprocess.run(
            ["nsenter", f"--net=/run/netns/{self.namespace}", *command],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise EngineError(f"{' '.join(command)}: {done.stderr[-1_000:]}")
        return done.stdout

    def _run(
        self,
        command: Sequence[str],
        *,
        source: object = subprocess.DEVNULL,
        within_s: float = 60,
        environ: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            stdin=source,  # type: ignore[call-overload]
            capture_output=True,
            text=True,
            errors="replace",
            timeout=within_s,
            check=False,
            env={**os.environ, **self._environ(), **(environ or {})},
        )

    def _environ(self) -> dict[str, str]:
        config = {"DOCKER_CONFIG": str(self.config)} if self.config else {}
        return {"DOCKER_HOST": self.socket, "DOCKER_BUILDKIT": "1", **config}

    def _way_in(self) -> list[str]:
        if self.in_host_network:
            return []
        subprocess.run(
            ["ip", "netns", "del", self.namespace], check=False, capture_output=True
        )  # of a killed run
        for command in (["netns", "add", self.namespace], ["-n", self.namespace, "link", "set", "lo", "up"]):
            done = subprocess.run(["ip", *command], capture_output=True, text=True, check=False)
            if done.returncode:
                raise EngineDidNotStart(f"ip {' '.join(command)}: {done.stderr.strip()}")
        return ["nsenter", f"--net=/run/netns/{self.namespace}"]

    def _command(self) -> list[str]:
        return [
            "dockerd",
            *("--data-root", str(self.folder / "data"), "--exec-root", str(self.folder / "exec")),
            *("--pidfile", str(self.folder / "docker.pid"), "--host", self.socket),
            *("--oom-score-adjust", "0"),  # a machine may forbid the negative default
            *(NO_NETWORK_OF_ITS_OWN if self.in_host_network else CONTAINERS_IN),
        ]


def _mounts_below(folder: Path) -> list[str]:
    """Mount points that lie in `folder`, deepest first."""
    points = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    return sorted((point for point in points if point.startswith(f"{folder}/")), key=len, reverse=True)

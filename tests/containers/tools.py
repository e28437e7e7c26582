"""What the stage needs on the machine, installed where we may: Debian packages as root, Python tools in a folder of their own."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.containers.stand_ins import cache_folder

PACKAGE_OF = {
    "dockerd": "docker.io",
    "mmdebstrap": "mmdebstrap",
    "ip": "iproute2",
    "iptables": "iptables",
    "nsenter": "util-linux",
    "curl": "curl",
    "busybox": "busybox-static",
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
}
REQUIREMENTS = Path(__file__).resolve().parents[2] / "deploy" / "requirements" / "containers.txt"
APT_TIMEOUT_S = 240
PIP_TIMEOUT_S = 300


class CannotInstall(RuntimeError):
    """Something is missing here and cannot be fetched; the message says what. No fault of the product."""


def install_engine() -> None:
    """Install the engine and what it needs. Raises CannotInstall."""
    missing = [package for command, package in PACKAGE_OF.items() if shutil.which(command) is None]
    if os.geteuid() != 0:
        raise CannotInstall("a container engine needs root")
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise CannotInstall(f"not here, and no apt-get to install it: {', '.join(missing)}")
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
        _fetch(["apt-get", *command], APT_TIMEOUT_S, DEBIAN_FRONTEND="noninteractive")


def installed_tools() -> Path:
    """The `bin` of a virtual environment with deploy/requirements/containers.txt, made once. Raises CannotInstall."""
    key = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = cache_folder() / f"tools-{key}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        for older in folder.parent.glob("tools-*"):
            shutil.rmtree(older, ignore_errors=True)
        _fetch([sys.executable, "-m", "venv", "--without-pip", str(folder)], PIP_TIMEOUT_S)
        pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install"]
        quiet = ("--quiet", "--disable-pip-version-check")
        only_what_runs = "--no-compile"  # of checkov's thousands of modules a run imports a part
        _fetch([*pip, *quiet, only_what_runs, "--require-hashes", "-r", str(REQUIREMENTS)], PIP_TIMEOUT_S)
        (folder / "complete").touch()
    return folder / "bin"


def docker_configuration(tools: Path, folder: Path) -> Path:
    """A DOCKER_CONFIG in which `docker compose` is the one of the tools."""
    plugins = folder / "cli-plugins"
    plugins.mkdir(parents=True)
    (binary,) = tools.parent.glob("lib/python*/site-packages/compose/docker-compose")
    (plugins / "docker-compose").symlink_to(binary)
    return folder


def _fetch(command: list[str], within_s: float, **environ: str) -> None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
            env={**os.environ, **environ},
        )
    except subprocess.TimeoutExpired:
        raise CannotInstall(f"{' '.join(command[:4])} … did not end within {within_s:.0f} s") from None
    if done.returncode:
        raise CannotInstall(f"{' '.join(command[:4])} … failed: {done.stderr[-800:]}")

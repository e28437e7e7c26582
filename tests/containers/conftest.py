"""The stage's fixtures: tools, images, an engine without a way out. What cannot be fetched here skips, with the reason."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.containers.building import CannotMake
from tests.containers.engine import Engine, EngineDidNotStart
from tests.containers.images import build_all
from tests.containers.stack import Stack
from tests.containers.stand_ins import import_stand_ins, keep_stand_ins
from tests.containers.tools import CannotInstall, docker_configuration, install_engine, installed_tools

FAILED = pytest.StashKey[bool]()
MOST_IN_MEMORY = 8 * 1024**3  # all images, their builds and the volumes take about 4.5 GB
FREE_MEMORY = 12 * 1024**3  # and what runs needs the rest


@dataclass(frozen=True)
class Built:
    """The folder of an engine's data with every image in it, its DOCKER_CONFIG, and which state is the release before."""

    folder: Path
    config: Path
    before: str


@pytest.fixture(scope="session")
def tools() -> Path:
    """Where hadolint, checkov, kubectl and kubernetes-validate lie."""
    try:
        return installed_tools()
    except CannotInstall as reason:
        pytest.skip(f"the stage's tools are not here: {reason}")


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder for the whole stage, its path short enough for a socket; it goes at the end.

    In memory where there is plenty: images are tens of thousands of small files, written once and removed.
    """
    folder = Path(tempfile.mkdtemp(prefix="cleanwire-stage-"))
    is_in_memory = mount_memory(folder)
    yield folder
    if is_in_memory:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
    shutil.rmtree(folder, ignore_errors=True)


def mount_memory(folder: Path) -> bool:
    """Put a file system in memory there, if root may and there is plenty."""
    facts = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    if os.geteuid() != 0 or int(facts["MemAvailable"].split()[0]) * 1_024 < FREE_MEMORY:
        return False
    options = f"size={MOST_IN_MEMORY},mode=700"
    command = ["mount", "-t", "tmpfs", "-o", options, "cleanwire-stage", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def built(scratch: Path) -> Built:
    """Every image, built on an engine in the host's network: with the tools the only part of the stage that fetches anything."""
    try:
        install_engine()
        engine = Engine(scratch / "engine", in_host_network=True)
        engine.start()
        try:
            with ThreadPoolExecutor() as meanwhile:
                tools = meanwhile.submit(installed_tools)
                import_stand_ins(engine, scratch)
                keeping = meanwhile.submit(keep_stand_ins, engine)
                before = build_all(engine, scratch)
                config = docker_configuration(tools.result(), scratch / "docker")
                keeping.result()
            return Built(engine.folder, config, before)
        finally:
            engine.stop()
    except (CannotInstall, CannotMake, EngineDidNotStart) as reason:
        pytest.skip(f"the stage cannot set itself up: {reason}")


@pytest.fixture(scope="session")
def engine(built: Built) -> Iterator[Engine]:
    """The engine that runs the containers: in a network namespace of its own, gone at the end with all it made."""
    engine = Engine(built.folder, config=built.config)
    try:
        engine.start()
    except EngineDidNotStart as reason:
        pytest.skip(f"the stage cannot set itself up: {reason}")
    yield engine
    engine.stop()
    assert not Path(f"/run/netns/{engine.namespace}").exists()


@pytest.fixture
def stack(engine: Engine, scratch: Path, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """A prepared stack that is not up yet; its logs are shown where the test fails, and nothing of it stays."""
    number = len(list(scratch.glob("stack-*")))
    stack = Stack(engine, scratch / f"stack-{number}")
    stack.prepare()
    yield stack
    if request.node.stash.get(FAILED, False):
        print(stack.compose("ps", "--all"), stack.compose("logs", "--no-color", "--tail", "40"))
    stack.compose("down", "--volumes", "--timeout", "5")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a fixture know that its test failed, so that it can show the containers' logs."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report

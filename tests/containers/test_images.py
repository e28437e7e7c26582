"""The images by themselves: what is in them, as whom they run, how they end. Needs an engine: ./run containers."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.containers.engine import Engine, EngineError
from tests.containers.images import AGAIN, CHECKOUT, NOW, build
from tests.containers.stack import within
from tests.containers.stand_ins import PYTHON

pytestmark = [pytest.mark.containers, pytest.mark.timeout(1_800)]

MEGABYTE = 1_000_000
MOST_OVER_BASE_MB = 140
PARTS = {
    "ingest": {"contracts", "runtime", "ingest"},
    "normalize": {"contracts", "runtime", "normalize"},
    "store": {"contracts", "runtime", "store"},
    "console": {"contracts", "runtime", "ingest", "normalize", "store", "console"},
}
SERVICES = tuple(PARTS)
IMPORTED = Path(__file__).with_name("imported.py")


def facts_of(engine: Engine, image: str) -> dict[str, Any]:
    return dict(json.loads(engine.docker("image", "inspect", image))[0])


def said_in(engine: Engine, service: str, script: str) -> list[str]:
    """The lines that a shell prints in a service's image."""
    run = (
        "run",
        "--rm",
        "--network=none",
        "--read-only",
        "--entrypoint",
        "bash",
        f"cleanwire-{service}:{NOW}",
    )
    return engine.docker(*run, "-c", script).split("\n")[:-1]


def test_the_dockerfiles_keep_the_linters_rules(tools: Path) -> None:
    """Both at once: the linter takes longer to start than to read."""
    files = [str(CHECKOUT / "deploy" / file) for file in ("Dockerfile", "monitoring/mtail/Dockerfile")]
    checkov = (str(tools / "checkov"), "--skip-download", "--quiet", "--compact", "--framework", "dockerfile")
    for command in ([str(tools / "hadolint"), *files], [*checkov, "-f", *files]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_adds_little_to_its_base(engine: Engine, service: str) -> None:
    over = facts_of(engine, f"cleanwire-{service}:{NOW}")["Size"] - facts_of(engine, PYTHON)["Size"]
    print(f"cleanwire-{service}: {over / MEGABYTE:.0f} MB over its base")
    assert over <= MOST_OVER_BASE_MB * MEGABYTE


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_its_own_service_and_no_tools(engine: Engine, service: str) -> None:
    parts = said_in(engine, service, "ls -d /app/services/*/ | xargs -n1 basename")
    assert {part for part in parts if part != "__pycache__"} == PARTS[service]
    assert (
        said_in(engine, service, "ls -d /app/venv/lib/*/site-packages/pip /root/.cache/pip 2>/dev/null || :")
        == []
    )
    assert said_in(engine, service, "command -v gcc cc make git || :") == []


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_has_kept_every_package_that_its_service_imports(engine: Engine, service: str) -> None:
    """Imports within functions too: what deploy/unused takes away must be missed by nobody."""
    run = ("run", "--rm", "--interactive", "--network=none", "--read-only", "--entrypoint", "python")
    said = engine.docker(*run, f"cleanwire-{service}:{NOW}", "-", stdin=IMPORTED)
    assert said.splitlines()[-1] == "nothing is missing", said


@pytest.mark.parametrize("service", ["normalize", "console"])
def test_an_image_reads_pages_by_the_compiled_walk(engine: Engine, service: str) -> None:
    asked = "from services.normalize.core.reading.reader import SHIPPED; print(SHIPPED.why_not or 'compiled')"
    assert said_in(engine, service, f'/app/venv/bin/python -c "{asked}"') == ["compiled"]


def test_an_image_starts_no_thread_for_each_core_of_its_machine(engine: Engine) -> None:
    asked = "import os, numpy; numpy.ones((99, 99)) @ numpy.ones((99, 99)); print(len(os.listdir('/proc/self/task')))"
    assert said_in(engine, "normalize", f'/app/venv/bin/python -c "{asked}"') == ["1"]


@pytest.mark.parametrize("service", ["store", "console"])
def test_an_image_reckons_with_stories_by_the_compiled_arithmetic(engine: Engine, service: str) -> None:
    asked = "from services.store.core.stories import arithmetic; print(arithmetic.IS_COMPILED)"
    assert said_in(engine, service, f'/app/venv/bin/python -c "{asked}"') == ["True"]


def test_an_image_runs_as_nobody_on_a_file_system_it_cannot_write(engine: Engine) -> None:
    config = facts_of(engine, f"cleanwire-store:{NOW}")["Config"]
    assert (config["User"], config["StopSignal"]) == ("10001:10001", "SIGTERM")
    assert config["Labels"]["org.opencontainers.image.title"] == "cleanwire-store"
    assert said_in(engine, "store", "id -u; touch /app/x 2>/dev/null || echo refused") == ["10001", "refused"]


def test_an_unknown_service_is_refused_with_what_is_allowed(engine: Engine) -> None:
    with pytest.raises(EngineError, match="SERVICE is 'storage'; allowed: ingest, normalize, store, console"):
        build(engine, "storage", NOW, CHECKOUT)


def test_the_same_sources_give_the_same_layers(engine: Engine) -> None:
    """Built a second time from another folder with other times, with nothing of the first build to go by."""
    once, again = (facts_of(engine, f"cleanwire-normalize:{tag}")["RootFS"]["Layers"] for tag in (NOW, AGAIN))
    assert once == again


def test_a_store_without_its_database_ends_cleanly_when_told(engine: Engine) -> None:
    """Process 1 of a container hears no signal that it has no handler for; the store waits here before it has one."""
    settings = ("--env", "CLEANWIRE_DATABASE_URL=postgresql://x:y@127.0.0.1:1/z")
    name = engine.docker("run", "--detach", "--read-only", *settings, f"cleanwire-store:{NOW}").strip()
    within(60, lambda: "archive_waits" in engine.logs(name), "the store waits for its database")
    engine.docker("stop", "--time", "30", name)
    assert json.loads(engine.docker("inspect", name))[0]["State"]["ExitCode"] == 0
    engine.docker("rm", name)


def test_the_health_check_tells_a_service_without_a_server_from_one_that_answers(engine: Engine) -> None:
    live = ("run", "--rm", "--entrypoint", "/app/bin/live")
    engine.docker(*live, f"cleanwire-console:{NOW}")
    with pytest.raises(EngineError):
        engine.docker(*live, "--env", "CLEANWIRE_HTTP_PORT=8000", f"cleanwire-store:{NOW}")

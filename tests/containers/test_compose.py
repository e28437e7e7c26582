"""The stack of compose.yaml, run for real over a small web: every container killed, scaled, upgraded. ./run containers."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.conftest import FAILED, Built
from tests.containers.engine import Engine, EngineError
from tests.containers.images import BEFORE, NOW
from tests.containers.small_plan import PAGES, faults_of, plan_pages
from tests.containers.small_web import url_of
from tests.containers.stack import Stack, exit_codes, within

pytestmark = [pytest.mark.containers, pytest.mark.timeout(1_800)]

WEB_SECONDS = 25.0
DRAINED_WITHIN_S = 240.0  # of a loaded machine; alone it takes some seconds after the last page
SERVICES = ("ingest", "normalize", "store")


@pytest.fixture
def stack(engine: Engine, scratch: Path, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """A prepared stack that is not up yet; its logs are shown where the test fails, and nothing of it stays."""
    number = len(list(scratch.glob("stack-*")))
    stack = Stack(engine, scratch / f"stack-{number}", web_seconds=WEB_SECONDS)
    stack.prepare()
    yield stack
    if request.node.stash.get(FAILED, False):
        print(stack.compose("ps", "--all"), stack.compose("logs", "--no-color", "--tail", "40"))
    stack.compose("down", "--volumes", "--timeout", "5")


def come_up(stack: Stack) -> None:
    stack.compose("up", "--detach", "--wait", "--wait-timeout", "180")


def what_is_wrong(stack: Stack) -> list[str]:
    """Lost, doubled or stale articles on the public stream as it is now."""
    pages = plan_pages(stack.web_seconds)
    try:
        return faults_of(
            pages, {page.number: url_of(page) for page in pages}, stack.events("articles.cleaned")
        )
    except (EngineError, ValueError) as error:  # Redis itself is one of those killed
        return [str(error)]


def await_everything(stack: Stack) -> None:
    """Until every article stands on the stream exactly once; fails naming what is wrong."""
    try:
        within(DRAINED_WITHIN_S, lambda: not what_is_wrong(stack), "every article exactly once")
    except AssertionError:
        pytest.fail("; ".join(what_is_wrong(stack)))


def is_healthy(stack: Stack, service: str) -> bool:
    states = [one["State"] for one in stack.containers(service)]
    return bool(states) and all(state.get("Health", {}).get("Status") == "healthy" for state in states)


def kill_and_await(stack: Stack, service: str) -> str:
    """Kill a service and wait until it is back; what Redis had refused to anybody before."""
    refused = denied(stack)
    (container,) = stack.containers(service)
    stack.kill(container)
    within(60, lambda: stack.containers(service)[0]["RestartCount"] > 0, f"{service} is started again")
    within(120, lambda: is_healthy(stack, service), f"{service} is healthy again")
    return refused


def archived_articles(stack: Stack) -> int:
    """Rows of PostgreSQL's table `article`."""
    asked = "psql --username=cleanwire --tuples-only --command='select count(*) from article'"
    return int(stack.compose("exec", "--no-TTY", "postgres", "sh", "-c", asked))


def stop_and_see(stack: Stack) -> dict[str, int]:
    """Stop all of ours and see how they ended."""
    stack.compose("stop", *stack.compose("ps", "--services").split())
    return {
        name: code
        for name, code in exit_codes(stack.containers()).items()
        if "-web-" not in name  # the small web is no service of ours
    }


def denied(stack: Stack) -> str:
    """What Redis has refused to any of its users since it started."""
    return stack.redis("ACL", "LOG").strip()


def test_nothing_is_lost_or_doubled_though_every_container_is_killed_in_turn(stack: Stack) -> None:
    began = time.monotonic()
    come_up(stack)
    up_s = time.monotonic() - began
    within(120, lambda: stack.events("articles.cleaned"), "the first clean article")
    print(f"\nup after {up_s:.1f} s, first clean article after {time.monotonic() - began:.1f} s")
    refused = "".join(kill_and_await(stack, service) for service in (*SERVICES, "redis", "postgres"))
    scale = ("--no-recreate", "--scale", "normalize=3")
    stack.compose("up", "--detach", "--wait", "--wait-timeout", "180", *scale)
    assert len(stack.containers("normalize")) == 3
    stack.kill(stack.containers("normalize")[0])
    await_everything(stack)
    assert archived_articles(stack) == PAGES
    assert refused + denied(stack) == ""
    assert set(stop_and_see(stack).values()) == {0}


def test_an_upgrade_runs_old_and_new_side_by_side_and_loses_nothing(stack: Stack, built: Built) -> None:
    """As docs/deployment.md says: the archive first, then each service: a new one beside the old, then the old away."""
    print(f"\nfrom {built.before}")
    stack.settings = {"CLEANWIRE_VERSION": BEFORE, "CLEANWIRE_STATUS_PORT": "8080-8081"}
    come_up(stack)
    within(120, lambda: stack.events("articles.cleaned"), "the first clean article")
    old = {service: stack.containers(service)[0] for service in SERVICES}
    stack.settings["CLEANWIRE_VERSION"] = NOW
    stack.compose("run", "--rm", "--no-TTY", "migrate")
    for service in reversed(SERVICES):
        beside = ("--no-deps", "--no-recreate", "--scale", f"{service}=2")
        stack.compose("up", "--detach", "--wait", "--wait-timeout", "180", *beside, service)
        assert {one["Config"]["Image"].split(":")[1] for one in stack.containers(service)} == {BEFORE, NOW}
        stack.engine.docker("stop", old[service]["Id"])
        (stopped,) = json.loads(stack.engine.docker("inspect", old[service]["Id"]))
        assert stopped["State"]["ExitCode"] == 0
        stack.engine.docker("rm", old[service]["Id"])
    await_everything(stack)
    assert archived_articles(stack) == PAGES
    assert {one["Config"]["Image"].split(":")[1] for one in stack.containers(*SERVICES)} == {NOW}
    assert set(stop_and_see(stack).values()) == {0}


def test_the_stack_with_sqlite_can_be_asked_by_its_operator_and_locked_anew(stack: Stack) -> None:
    stack.profiles = "sqlite"
    come_up(stack)
    within(120, lambda: stack.events("articles.cleaned"), "the first clean article")
    status = json.loads(stack.engine.inside("curl", "--silent", "--fail", "http://127.0.0.1:8080/ready"))
    assert status["ready"]
    assert "normalize running" in stack.console("status")
    assert "reading-room" in stack.console("subscriber", "add", "reading-room", "--from", "0", "--shell")

    subprocess.run([str(stack.folder / "prepare"), "rotate", "ingest"], check=True)
    stack.compose("restart", "redis")
    within(60, lambda: is_healthy(stack, "redis"), "redis is healthy again")
    stack.compose("up", "--detach", "--wait", "--force-recreate", "--no-deps", "ingest")
    subprocess.run([str(stack.folder / "prepare"), "retire"], check=True)
    stack.compose("restart", "redis")
    within(60, lambda: is_healthy(stack, "redis"), "redis is healthy again")
    assert "reading-room" in stack.redis("ACL", "USERS"), "a subscriber outlives the server's restart"
    assert len(json.loads(stack.redis("--json", "ACL", "GETUSER", "ingest"))["passwords"]) == 1
    await_everything(stack)
    assert set(stop_and_see(stack).values()) == {0}


def test_the_composition_is_valid_with_every_profile_and_asks_for_what_it_needs(
    engine: Engine, stack: Stack
) -> None:
    for profiles in ("postgresql,sentinel,monitoring", "sqlite,sentinel,monitoring", "postgresql,operator"):
        stack.profiles = profiles
        stack.compose("config", "--quiet")
    ports = [
        port
        for service in json.loads(stack.compose("config", "--format", "json"))["services"].values()
        for port in service.get("ports", ())
    ]
    assert [(port["host_ip"], port["target"]) for port in ports] == [("127.0.0.1", 8000)]
    (stack.folder / ".env").rename(stack.folder / "env")
    with pytest.raises(EngineError, match="run deploy/prepare first"):
        stack.compose("config", "--quiet")
    (stack.folder / "env").rename(stack.folder / ".env")


def test_every_container_is_fenced_in(stack: Stack) -> None:
    stack.profiles = "postgresql,sqlite,operator,sentinel,monitoring"
    services = json.loads(stack.compose("config", "--format", "json"))["services"]
    for name, service in services.items():
        if name == "web":
            continue
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["mem_limit"]) > 0, name
        assert service["user"].split(":")[0] != "0", name
        assert "web" not in service["networks"] or name == "ingest", name
    networks = json.loads(stack.compose("config", "--format", "json"))["networks"]
    assert {name for name, network in networks.items() if not network.get("internal")} == {
        "web",
        "monitoring",
    }
    assert {name for name, one in services.items() if "monitoring" in one["networks"]} == {
        "prometheus",
        "alertmanager",
    }

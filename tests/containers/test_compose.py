"""The stack of compose.yaml, run for real over a small web: every container killed, scaled, upgraded. ./run containers."""

import json
import subprocess
import time

import pytest

from tests.containers.conftest import Built
from tests.containers.engine import Engine, EngineError
from tests.containers.images import BEFORE, NOW
from tests.containers.small_plan import PAGES, plan_pages, title_of
from tests.containers.small_web import url_of
from tests.containers.stack import Stack, within
from tests.containers.walk import archived_articles, await_everything, come_up, is_healthy, stop_and_see

pytestmark = [pytest.mark.containers, pytest.mark.timeout(1_800)]

SERVICES = ("ingest", "normalize", "store")
OPERATORS = ("console", "console-sqlite", "console-web")
RESTARTS = ({"unless-stopped", "on-failure:5"}, {"no"})
"""What starts again by itself, and what an operator starts."""


def kill_and_await(stack: Stack, service: str) -> str:
    """Kill a service and wait until it is back; what Redis had refused to anybody before."""
    refused = denied(stack)
    (container,) = stack.containers(service)
    stack.kill(container)
    within(60, lambda: stack.containers(service)[0]["RestartCount"] > 0, f"{service} is started again")
    within(120, lambda: is_healthy(stack, service), f"{service} is healthy again")
    return refused


def denied(stack: Stack) -> str:
    """What Redis has refused to any of its users since it started."""
    return stack.redis("ACL", "LOG").strip()


def test_nothing_is_lost_or_doubled_though_every_container_is_killed_in_turn(stack: Stack) -> None:
    stack.health_every = "5s"  # as deployed: what is printed is what a user waits for
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
        told = time.monotonic()
        stack.engine.docker("stop", old[service]["Id"])
        print(f"{service} ended {time.monotonic() - told:.1f} s after it was told to")
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
    page = plan_pages(stack.web_seconds)[0]
    explained = stack.compose("run", "--rm", "--no-TTY", "console-web", "explain", url_of(page))
    assert title_of(page, changed=False) in explained, "who asks web sites has a way out"
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
    composition = json.loads(stack.compose("config", "--format", "json"))
    services = {name: one for name, one in composition["services"].items() if name not in ("web", "webhook")}
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["mem_limit"]) > 0 and int(service["pids_limit"]) > 0, name
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}, name
        assert service["restart"] in RESTARTS[name in OPERATORS], name
        assert (service["user"].split(":")[0] == "0") == (name == "mtail"), name
        assert "web" not in service["networks"] or name in ("ingest", "console-web"), name
    assert list(services["mtail"]["networks"]) == ["logs"], "who reads every container's log has no way out"
    networks = composition["networks"]
    outward = {name for name, network in networks.items() if not network.get("internal")}
    assert outward == {"web", "monitoring"}
    watching = {name for name, one in services.items() if "monitoring" in one["networks"]}
    assert watching == {"prometheus", "alertmanager"}

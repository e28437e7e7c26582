"""The profile sentinel of compose.yaml: the master of Redis dies, another takes its place, and every article comes. ./run containers."""

import pytest

from tests.containers.engine import EngineError
from tests.containers.stack import Stack, within
from tests.containers.walk import await_everything, come_up, is_healthy, stop_and_see, what_is_wrong

pytestmark = [pytest.mark.containers, pytest.mark.timeout(1_800)]

SENTINELS = ("sentinel-1", "sentinel-2", "sentinel-3")


def role_of(stack: Stack, server: str) -> str:
    """`master` or `slave`; empty while the server does not answer."""
    try:
        return stack.redis("ROLE", server=server).split()[0]
    except (EngineError, IndexError):
        return ""


def roles(stack: Stack) -> set[str]:
    """Of both servers: a loaded machine may make them change places once more."""
    return {role_of(stack, server) for server in ("redis", "redis-replica")}


def is_going_on(stack: Stack, before: int) -> bool:
    """Whether articles came since, unless a loaded machine had all of them before."""
    return len(stack.events("articles.cleaned")) > before or not what_is_wrong(stack)


def test_the_walk_goes_on_with_the_replica_and_nothing_is_lost_or_doubled_when_the_master_dies(
    stack: Stack,
) -> None:
    """What the master took in its last moment may be lost with it: it comes again, under the same ids where it was public."""
    stack.profiles = "sqlite,sentinel"
    stack.settings = {"CLEANWIRE_SENTINELS": " ".join(SENTINELS)}
    come_up(stack)
    within(120, lambda: stack.events("articles.cleaned"), "the first clean article")
    before = [event["id"] for event in stack.events("articles.cleaned")]
    (master,) = stack.containers("redis")
    stack.engine.docker("kill", master["Id"])
    within(120, lambda: role_of(stack, "redis-replica") == "master", "the replica is master")
    stack.server = "redis-replica"
    within(120, lambda: is_going_on(stack, len(before)), "clean articles go on")
    await_everything(stack)
    states = {tuple(line.split()[:2]) for line in stack.console("status").splitlines()}
    assert states >= {(name, "running") for name in ("ingest", "normalize", "store")}
    assert {event["id"] for event in stack.events("articles.cleaned")} >= set(before)

    stack.compose("start", "redis")
    within(120, lambda: roles(stack) == {"master", "slave"}, "the old master follows the new one")
    within(120, lambda: all(is_healthy(stack, name) for name in SENTINELS), "the sentinels are healthy")
    assert set(stop_and_see(stack).values()) == {0}

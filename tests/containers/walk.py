"""The small web's walk through a running stack, as every test of a stack watches it."""

import pytest

from tests.containers.engine import EngineError
from tests.containers.small_plan import faults_of, plan_pages
from tests.containers.small_web import url_of
from tests.containers.stack import Stack, exit_codes, within

DRAINED_WITHIN_S = 240.0  # of a loaded machine; alone it takes some seconds after the last page


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


def archived_articles(stack: Stack) -> int:
    """Rows of PostgreSQL's table `article`."""
    asked = "psql --username=cleanwire --tuples-only --command='select count(*) from article'"
    return int(stack.compose("exec", "--no-TTY", "postgres", "sh", "-c", asked))


def is_healthy(stack: Stack, service: str) -> bool:
    states = [one["State"] for one in stack.containers(service)]
    return bool(states) and all(state.get("Health", {}).get("Status") == "healthy" for state in states)


def stop_and_see(stack: Stack) -> dict[str, int]:
    """Stop all of ours and see how they ended."""
    stack.compose("stop", *stack.compose("ps", "--services").split())
    return {
        name: code
        for name, code in exit_codes(stack.containers()).items()
        if "-web-" not in name  # the small web is no service of ours
    }

"""Every volume is gone, a dump is left: the guide's own lines bring the archive back, and the walk goes on. ./run containers."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping

import pytest

from services.contracts.events import ARTICLE_PUBLISHED
from tests.containers.guide import lines_of
from tests.containers.small_plan import PAGES
from tests.containers.stack import Stack, within
from tests.containers.walk import archived_articles, await_everything, come_up, stop_and_see, what_is_wrong

pytestmark = [pytest.mark.containers, pytest.mark.timeout(1_800)]

CHAPTER = "Back up and restore"
BEFORE_THE_DUMP, MISSED_BY_IT = 8, 6
"""How many entries stand on the public stream when the dump is made, and how many more come before the loss."""


def has_more_than(stack: Stack, dumped: Mapping[str, object]) -> bool:
    """Whether the dump lacks something by now, unless a loaded machine had everything before."""
    missed = len(stack.entries("articles.cleaned")) - len(dumped)
    return missed >= MISSED_BY_IT or not what_is_wrong(stack)


def lose_everything(stack: Stack) -> None:
    """What a dead disk takes: every container of ours and every volume. The web goes on."""
    ours = [name for name in stack.compose("ps", "--all", "--services").split() if name != "web"]
    stack.compose("kill", *ours)
    stack.compose("rm", "--force", "--volumes", *ours)
    volumes = stack.engine.docker("volume", "ls", "--quiet", "--filter", "name=cleanwire_").split()
    stack.engine.docker("volume", "rm", *volumes)


def publications_of(events: Iterable[Mapping[str, str]]) -> Counter[str]:
    """Address → under how many event ids its article was published; by the id a subscriber knows a repeat."""
    addresses = {
        event["id"]: json.loads(event["data"])["url"]
        for event in events
        if event["type"] == ARTICLE_PUBLISHED
    }
    return Counter(addresses.values())


def test_from_a_dump_alone_everything_comes_back_and_no_article_is_told_under_a_second_id(
    stack: Stack,
) -> None:
    """What the dump lacks is fetched again, all at once: of two with one text the copy may come first then, and be told."""
    come_up(stack)
    within(120, lambda: len(stack.entries("articles.cleaned")) >= BEFORE_THE_DUMP, "some articles to back up")
    dumped = stack.entries("articles.cleaned")
    stack.shell(lines_of(CHAPTER, "pg_dump"))
    within(120, lambda: has_more_than(stack, dumped), "articles that the dump lacks")
    read = stack.events("articles.cleaned")

    lose_everything(stack)
    stack.shell(lines_of(CHAPTER, "everything is gone"))
    await_everything(stack)
    after = stack.entries("articles.cleaned")
    assert after.items() >= dumped.items(), "the same entries under their old ids"
    assert set(publications_of([*read, *after.values()]).values()) == {1}
    assert archived_articles(stack) == PAGES
    assert "reading-room" in stack.console("subscriber", "add", "reading-room", "--shell")
    assert set(stop_and_see(stack).values()) == {0}

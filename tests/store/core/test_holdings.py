"""Who is in which story: lone articles and stories of several are told alike, whatever came, moved, went or was renumbered."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.store.core.stories import arithmetic
from services.store.core.stories.holdings import Holdings
from services.store.core.stories.index import StoryIndex
from services.store.core.stories.lone_articles import LoneArticles
from services.store.core.stories.snapshot import Snapshot
from services.store.core.stories.vectors import packed

ARTICLES, STORIES = st.integers(0, 7), st.integers(1, 5) | st.integers(254, 258)
STEPS = st.lists(
    st.tuples(st.just("put"), ARTICLES, STORIES)
    | st.tuples(st.just("remove"), ARTICLES, st.just(0))
    | st.tuples(st.just("renumber"), STORIES, st.integers(1, 300)),
    max_size=40,
)


def done(held: Holdings, stories: dict[int, list[str]], step: tuple[str, int, int]) -> dict[int, list[str]]:
    """One step in the holdings, and what the stories are after it by the plainest reckoning."""
    what, one, other = step
    if what == "renumber":
        held.renumber(one, other)
        return {story + other if story >= one else story: names for story, names in stories.items()}
    name = f"a{one}"
    if what == "put" and name in stories.get(other, ()):
        held.move(held.articles.row(name), other)
        return stories
    left = {story: [n for n in names if n != name] for story, names in stories.items()}
    if what == "remove":
        held.remove(name)
    elif held.articles.row(name) is not None:
        held.move(held.articles.row(name), other)
    else:
        held.add(name, packed({one: 1.0, 99: 0.5}), other)
    if what == "put":
        left.setdefault(other, []).append(name)
    return {story: names for story, names in left.items() if names}


@settings(deadline=None)
@given(STEPS)
def test_stories_are_those_that_the_steps_made(steps: list[tuple[str, int, int]]) -> None:
    held = Holdings()
    stories: dict[int, list[str]] = {}
    for step in steps:
        stories = done(held, stories, step)
        assert {
            story: [held.articles.name(row) for row in held.members_of(story)] for story in held.stories()
        } == stories
        assert all(
            held.story_of[held.articles.row(name)] == story for story in stories for name in stories[story]
        )
        assert held.average_links({99: 1.0}, list(stories), set()) == pytest.approx([0.5] * len(stories))
    assert len(held.articles) == sum(map(len, stories.values()))


def test_link_to_a_story_leaves_out_the_rows_that_go() -> None:
    held = Holdings()
    lone = held.add("lone", packed({1: 1.0}), 1)
    rows = [held.add(name, packed({2: weight}), 2) for name, weight in (("b", 0.25), ("c", 0.75))]
    assert held.average_links({1: 1.0, 2: 1.0}, [1, 2], {lone, rows[0]}) == [0.0, 0.75]
    assert held.average_links({1: 1.0, 2: 1.0}, [1, 2], set()) == [1.0, 0.5]


def test_story_that_nobody_numbered_has_no_lone_article() -> None:
    lone = LoneArticles()
    lone.put(300, 0)
    assert (lone.row(300), lone.row(301), lone.row(1)) == (0, None, None)
    lone.remove(300)
    assert lone.row(300) is None


@pytest.mark.skipif(not arithmetic.IS_COMPILED, reason="not built: Python's postings take four times as much")
def test_article_that_is_new_to_its_topic_takes_a_kilobyte_and_a_half_at_most() -> None:
    index, articles = StoryIndex(Snapshot()), 2_000
    tracemalloc.start()
    try:
        for number in range(articles):
            words = {2_654_435_761 * (60 * number + place) % 2**32: 1.0 for place in range(60)}
            index.place(f"{number:032x}", words, number + 1)
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 1_500 * articles

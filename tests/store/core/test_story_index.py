"""Stories: joined, split, merged and moved; the same whatever the order; nothing changes before it is committed."""

import gc
import heapq
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.story_feed import rebuilt, take_snapshot
from services.store.core.stories.index import StoryIndex
from services.store.core.stories.linkage import average_link_groups
from services.store.core.stories.postings import Postings
from services.store.core.stories.snapshot import Snapshot, is_snapshot_due
from services.store.core.stories.terms import Terms, term_hash
from services.store.core.stories.vectors import Weights, packed, unpacked

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def terms(words: str) -> Terms:
    return dict.fromkeys(map(term_hash, words.split()), 1.0)


CRASH = "zugunglück weichenfehler lokführer bahnsteig"
FLOOD = "hochwasser deichbruch pegelstand sandsäcke"


def placed(*articles: tuple[str, str], index: StoryIndex | None = None) -> StoryIndex:
    index = StoryIndex(Snapshot()) if index is None else index
    for name, words in articles:
        index.apply(index.decide(name, terms(words)), terms(words))
    return index


def partition(index: StoryIndex) -> set[frozenset[str]]:
    return {frozenset(members) for members in index.stories().values()}


def test_reports_of_one_event_share_a_story_and_others_do_not() -> None:
    index = placed(("a", CRASH + " x1 x2"), ("b", CRASH + " y1"), ("c", FLOOD))
    assert partition(index) == {frozenset("ab"), frozenset("c")}
    assert index.story_of("a") == index.story_of("b") == 1


def test_deciding_changes_nothing_until_it_is_applied() -> None:
    index = placed(("a", CRASH))
    before = index.stories()
    first, second = index.decide("b", terms(CRASH)), index.decide("b", terms(CRASH))
    assert first == second
    assert index.stories() == before and index.story_of("b") is None


def test_new_story_says_so_and_a_joined_one_gives_its_score() -> None:
    index = StoryIndex(Snapshot())
    alone = index.decide("a", terms(CRASH))
    assert alone.is_new_story and alone.score == 0.0 and alone.next_story_id == 2
    index.apply(alone, terms(CRASH))
    joined = index.decide("b", terms(CRASH))
    assert joined.score == pytest.approx(1.0, abs=1e-6) and not joined.is_new_story and joined.story_id == 1


def test_article_between_two_stories_merges_them_under_the_older_id() -> None:
    index = placed(("a", "w1 w2 w3 w4"), ("b", "w5 w6 w7 w8"))
    assert len(index.stories()) == 2
    decision = index.decide("c", terms("w1 w2 w3 w4 w5 w6 w7 w8"))
    index.apply(decision, terms("w1 w2 w3 w4 w5 w6 w7 w8"))
    bridged = placed(("d", "w1 w2 w5 w6 w3 w7"), index=index)
    assert len(bridged.stories()) < 4
    ended = {old for old, _ in decision.merged}
    assert all(into < old for old, into in decision.merged)
    assert not ended & set(index.stories())


def test_moved_split_and_merged_articles_are_all_named() -> None:
    """Whatever a decision does to others, replaying its moves on a second index gives the same stories."""
    rng = random.Random(5)
    index, replica = StoryIndex(Snapshot()), StoryIndex(Snapshot())
    for number in range(150):
        words = " ".join(rng.sample([f"v{n}" for n in range(40)], 8))
        decision = index.decide(f"{number:03}", terms(words))
        index.apply(decision, terms(words))
        replica.place(decision.article_id, terms(words), decision.story_id)
        for move in decision.moved:
            assert replica.story_of(move.article_id) == move.from_story
            replica.place(move.article_id, _terms_in(index, move.article_id), move.into_story)
        assert partition(index) == partition(replica)
        for ended, into in decision.merged:
            assert ended not in index.stories() and into in index.stories()
        for source, new in decision.split:
            assert new in index.stories() and source < new


def _terms_in(index: StoryIndex, article_id: str) -> Terms:
    return {}  # a move keeps the vector an article already has


def test_story_ids_are_never_used_twice() -> None:
    index = placed(("a", CRASH), ("b", FLOOD))
    gone = index.story_of("b")
    index.forget("b")
    assert index.stories() == {1: ["a"]}
    assert placed(("c", FLOOD), index=index).story_of("c") > gone


def test_revised_article_keeps_its_story_and_one_that_became_another_leaves_it() -> None:
    index = placed(("a", CRASH), ("b", CRASH + " more"), ("c", FLOOD))
    story = index.story_of("a")
    assert placed(("b", CRASH + " still more"), index=index).story_of("b") == story
    assert placed(("b", FLOOD), index=index).story_of("b") == index.story_of("c")


def test_lone_article_that_is_revised_keeps_its_story_id() -> None:
    index = placed(("a", CRASH), ("c", FLOOD))
    assert placed(("a", "ganz andere worte hier"), index=index).story_of("a") == 1


def test_new_canonical_takes_the_place_of_the_one_before() -> None:
    index = placed(("copy", CRASH), ("x", CRASH + " x"))
    decision = index.decide("original", terms(CRASH + " orig"), replaces=["copy"])
    index.apply(decision, terms(CRASH + " orig"))
    assert partition(index) == {frozenset(["original", "x"])}
    assert index.story_of("original") == 1 and index.story_of("copy") is None


def test_topic_words_tell_no_event_from_another() -> None:
    topic = "belarus lukaschenko minsk gespräche"
    about = StoryIndex(Snapshot(topic=frozenset(terms(topic))))
    articles = [(name, f"{topic} {words}") for name, words in (("a", CRASH), ("b", FLOOD))]
    assert len(placed(*articles).stories()) == 1
    assert len(placed(*articles, index=about).stories()) == 2


def test_two_reports_at_once_join_one_story_once_the_first_is_known() -> None:
    """The archive serialises placements per topic; a decision made before the other's commit is made again."""
    index = StoryIndex(Snapshot())
    stale = index.decide("b", terms(CRASH))
    index.apply(index.decide("a", terms(CRASH)), terms(CRASH))
    again = index.decide("b", terms(CRASH))
    assert stale.is_new_story and not again.is_new_story
    assert again.story_id == index.story_of("a")


EVENTS = [[f"e{event}w{n}" for n in range(14)] for event in range(5)]


def report(event: int, seed: int) -> tuple[str, Terms]:
    rng = random.Random(seed * 10 + event)
    words = rng.sample(EVENTS[event], 9) + [f"own{seed}{n}" for n in range(4)]
    return f"{rng.getrandbits(40):010x}", dict.fromkeys(map(term_hash, words), 1.0)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 999)), min_size=1, max_size=25, unique=True),
    st.randoms(use_true_random=False),
)
def test_any_order_of_arrival_gives_the_same_stories(
    kinds: list[tuple[int, int]], rng: random.Random
) -> None:
    reports = [report(*kind) for kind in kinds]

    def grouped(ordered: Iterable[tuple[str, Terms]]) -> set[frozenset[str]]:
        index = StoryIndex(Snapshot())
        for name, words in ordered:
            index.apply(index.decide(name, words), words)
        return partition(index)

    shuffled = list(reports)
    rng.shuffle(shuffled)
    assert grouped(reports) == grouped(shuffled)


def test_rebuilding_under_a_new_snapshot_repairs_and_tells_what_it_changed() -> None:
    reports = [report(event, seed) for event in range(5) for seed in range(6)]
    scattered = [(name, words, number + 1) for number, (name, words) in enumerate(reports)]
    snapshot = take_snapshot([[(name, words)] for name, words in reports], version=1)
    index, changes = rebuilt(scattered, snapshot, next_story_id=31)
    assert len(index.stories()) == 5
    assert sum(len(decision.merged) for decision in changes) >= 20
    stories = {name: number + 1 for number, (name, _) in enumerate(reports)}
    for decision in changes:
        for move in decision.moved:
            assert stories[move.article_id] == move.from_story
            stories[move.article_id] = move.into_story
    assert stories == {name: index.story_of(name) for name in stories}


def test_snapshot_is_a_function_of_the_set_and_comes_back_from_the_archive() -> None:
    stories = [[report(event, seed) for seed in range(4)] for event in range(5)] * 1
    stories += [[(f"s{n}", terms(f"common s{n}"))] for n in range(60)]
    one = take_snapshot(stories, version=3)
    other = take_snapshot([list(reversed(story)) for story in reversed(stories)], version=3)
    assert one.baseline == pytest.approx(other.baseline)
    assert one.rates == pytest.approx(other.rates)
    assert term_hash("common") in one.rates and term_hash("s1") not in one.rates
    back = Snapshot.from_json(one.to_json())
    assert back.rates == pytest.approx(one.rates, abs=1e-6) and back.version == 3


def test_words_of_most_stories_weigh_little_and_those_of_one_big_story_all() -> None:
    stories = [[(f"s{n}", terms(f"everywhere s{n}"))] for n in range(400)]
    stories.append([(f"b{n}", terms("bigstory")) for n in range(200)])
    snapshot = take_snapshot(stories, version=1)
    weights = snapshot.weigh(terms("everywhere bigstory"))
    assert weights[term_hash("bigstory")] > 5 * weights[term_hash("everywhere")]


def test_snapshot_is_due_daily_and_by_growth_while_the_feed_is_small() -> None:
    def due(units: int, last_units: int, hours: float) -> bool:
        return is_snapshot_due(units, Snapshot(units=last_units), NOON, NOON + timedelta(hours=hours))

    assert is_snapshot_due(2, Snapshot(), None, NOON) and not is_snapshot_due(1, Snapshot(), None, NOON)
    assert due(110, 100, 0) and not due(109, 100, 0)
    assert due(3, 2, 0) and not due(2, 2, 0)
    assert due(1_250, 1_000, 0) and not due(1_249, 1_000, 0)
    assert not due(5_200, 5_000, 23) and due(5_200, 5_000, 24)
    assert not due(109, 100, 23) and due(100, 100, 24) and not due(1, 100, 24)


def test_article_is_weighed_some_dozen_times_while_its_feed_grows_and_no_more() -> None:
    def weighed_for_each(articles: int) -> float:
        """How often the feed's articles are weighed anew while it grows to so many within the day."""
        snapshot, weighed = Snapshot(), 0
        for units in range(1, articles + 1):
            if is_snapshot_due(units, snapshot, NOON if snapshot.units else None, NOON):
                snapshot, weighed = Snapshot(units=units), weighed + units
        return weighed / articles

    assert all(weighed_for_each(articles) < 12 for articles in (10, 100, 499, 2_000))
    assert weighed_for_each(2_000) < 8
    assert weighed_for_each(100_000) < 3


def test_average_linkage_merges_the_closest_first_and_stops_at_the_threshold() -> None:
    matrix = [[1, 0.9, 0.1, 0.0], [0.9, 1, 0.3, 0.0], [0.1, 0.3, 1, 0.8], [0.0, 0.0, 0.8, 1]]
    assert average_link_groups(matrix, 0.5) == [[0, 1], [2, 3]]
    assert average_link_groups(matrix, 0.09) == [[0, 1, 2, 3]]
    assert average_link_groups([], 0.5) == []
    assert average_link_groups([[1.0]], 0.5) == [[0]]


def test_index_gives_the_garbage_collector_less_than_an_object_a_term() -> None:
    rng = random.Random(6)
    index = StoryIndex(Snapshot())
    gc.collect()
    before = len(gc.get_objects())
    for number in range(100):
        index.place(f"{number:03}", {rng.getrandbits(32): 1.0 for _ in range(100)}, 1 + number % 50)
    assert len(gc.get_objects()) - before < 5 * 100  # the terms that are looked up by are three thousand


def test_postings_of_a_rare_term_and_of_a_frequent_one_are_found_alike() -> None:
    postings, word = Postings(), term_hash("zugunglück")
    for row in range(100):
        postings.add(row, {word: 0.5, row: 0.9 if row == 3 else 0.1})
        rows, left_out = postings.nearest({word: 1.0})
        assert sorted(rows) == sorted(heapq.nsmallest(40, range(row + 1))) and not left_out
    assert postings.nearest({3: 1.0, word: 0.1})[0][0] == 3


@settings(deadline=None)
@given(st.dictionaries(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0, width=32), max_size=100))
def test_packed_vector_comes_back_in_its_order(vector: Weights) -> None:
    assert list(unpacked(packed(vector)).items()) == list(vector.items())


def test_story_larger_than_a_repair_is_left_whole_and_the_cap_is_recorded() -> None:
    index = StoryIndex(Snapshot())
    for number in range(151):
        index.place(f"{number:03}", terms(CRASH), 1)
    decision = index.decide("late", terms(CRASH))
    assert decision.capped

"""The compiled postings and counts answer as Python's do, refuse what is no vector, leak nothing and take few bytes."""

import gc
import random
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.store.core.stories import arithmetic, postings, term_counts
from services.store.core.stories.vectors import Weights

needs_compiled = pytest.mark.skipif(
    not arithmetic.IS_COMPILED, reason="not built: no C compiler when cleanwire was installed"
)

TERMS = st.one_of(st.integers(0, 60), st.integers(0, 2**32 - 1), st.integers(0, 40).map(lambda n: n << 26))
VECTORS = st.dictionaries(
    TERMS, st.sampled_from((1.0, 0.5, 0.25, 0.3, 0.007)) | st.floats(0.0, 1.0), max_size=50
)


@needs_compiled
@settings(deadline=None)
@given(st.lists(VECTORS, max_size=120), st.lists(VECTORS, min_size=1, max_size=4))
def test_compiled_postings_find_what_those_of_python_find_in_their_order(
    vectors: list[Weights], asked: list[Weights]
) -> None:
    ours, theirs = arithmetic.new_postings(), postings.Postings()
    assert type(ours) is not type(theirs)
    for row, vector in enumerate(vectors):
        ours.add(row, vector)
        theirs.add(row, vector)
    for vector in [*asked, *vectors[:4]]:
        assert ours.nearest(vector) == theirs.nearest(vector)


@needs_compiled
def test_compiled_postings_leave_the_oldest_unread_where_those_of_python_do() -> None:
    ours, theirs, rng = arithmetic.new_postings(), postings.Postings(), random.Random(3)
    words = [rng.getrandbits(32) for _ in range(40)]
    for row in range(3_000):
        vector = {word: rng.random() for word in rng.sample(words, 4)}
        ours.add(row, vector)
        theirs.add(row, vector)
    for count in (1, 3, 13, 14, 30, 40):
        vector = {word: rng.random() for word in words[:count]}
        assert ours.nearest(vector) == theirs.nearest(vector)
    assert ours.nearest(dict.fromkeys(words, 0.1))[1]


@needs_compiled
@settings(deadline=None)
@given(st.lists(VECTORS, max_size=60), st.integers(0, 12))
def test_compiled_counts_are_those_of_python(vectors: list[Weights], least: int) -> None:
    ours, theirs = arithmetic.new_term_counts(), term_counts.TermCounts()
    assert type(ours) is not type(theirs)
    for vector in vectors:
        ours.count(vector)
        theirs.count(vector)
    assert sorted(ours.above(least)) == sorted(theirs.above(least))
    assert all(ours.of(term) == theirs.of(term) for term in [*range(60), *(t for v in vectors for t in v)])


@needs_compiled
@pytest.mark.parametrize("odd", [{-1: 1.0}, {2**32: 1.0}, {2**80: 1.0}, {"a": 1.0}, {1: "a"}])
def test_postings_of_what_is_no_vector_are_refused_by_name(odd: dict[object, object]) -> None:
    ours = arithmetic.new_postings()
    for ask in (lambda: ours.add(0, odd), lambda: ours.nearest(odd)):
        with pytest.raises(ValueError, match=r"a float for each term|a number of 32 bits"):
            ask()


@needs_compiled
@pytest.mark.parametrize("row", [-1, 2**26, 2**62])
def test_row_that_no_posting_can_name_is_refused(row: int) -> None:
    with pytest.raises(OverflowError, match="rows 0 to 67108863"):
        arithmetic.new_postings().add(row, {1: 1.0})


def _filled(make: Callable[[], postings.Postings]) -> int:
    """The bytes that postings of fifty thousand terms of their own hold."""
    rng = random.Random(5)
    before = tracemalloc.get_traced_memory()[0]
    made = make()
    for row in range(2_000):
        made.add(row, {rng.getrandbits(32): 0.5 for _ in range(25)})
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    del made
    return held


@needs_compiled
def test_compiled_postings_of_rare_terms_take_sixteen_bytes_each_and_leave_nothing() -> None:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        held, in_python = _filled(arithmetic.new_postings), _filled(postings.Postings)
        gc.collect()
        left = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert held < 16 * 50_000 < in_python / 5
    assert left < 50_000


@needs_compiled
def test_asking_compiled_postings_and_counts_keeps_nothing() -> None:
    ours, counts = arithmetic.new_postings(), arithmetic.new_term_counts()
    for row in range(200):
        ours.add(row, {term * row % 97: 0.1 for term in range(30)})
        counts.count({term * row % 97: 0.1 for term in range(30)})

    def held_after_asking() -> int:
        for _ in range(300):
            ours.nearest(dict.fromkeys(range(60), 0.1))
            counts.above(3)
            arithmetic.new_postings().add(1, {1: 0.5})
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = held_after_asking()
        assert held_after_asking() - before < 20_000
    finally:
        tracemalloc.stop()

"""The choice of blocks with the highest expected F1."""

from hypothesis import given
from hypothesis import strategies as st

from services.normalize.core.judging.selection import best_selection


def test_sure_blocks_are_taken_and_sure_others_are_not():
    assert best_selection([5.0, -5.0, 4.0, None], [100, 100, 100, 100]) == [0, 2]


def test_of_doubtful_blocks_the_best_are_taken_rather_than_none():
    assert best_selection([-0.5, -4.0, -0.6], [300, 300, 300]) == [0, 2]


def test_nothing_is_taken_where_nothing_was_judged():
    assert best_selection([None, None], [10, 10]) == []


@given(st.lists(st.tuples(st.floats(-8, 8), st.floats(1, 5000)), min_size=1, max_size=40))
def test_every_block_taken_is_at_least_as_likely_as_every_block_left(pairs):
    scores = [score for score, _ in pairs]
    taken = best_selection(scores, [size for _, size in pairs])
    left = [score for place, score in enumerate(scores) if place not in taken]
    assert taken
    assert not left or min(scores[place] for place in taken) >= max(left)

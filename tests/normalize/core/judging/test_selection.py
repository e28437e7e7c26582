"""The choice of blocks with the highest expected F1."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.normalize.core.judging.selection import best_selection


def taken(scores, sizes):
    return set(best_selection(np.array(scores, np.float64), np.array(sizes, np.float64)).tolist())


def test_sure_blocks_are_taken_and_sure_others_are_not():
    assert taken([5.0, -5.0, 4.0], [100, 100, 100]) == {0, 2}


def test_of_doubtful_blocks_the_best_are_taken_rather_than_none():
    assert taken([-0.5, -4.0, -0.6], [300, 300, 300]) == {0, 2}


def test_nothing_is_taken_where_nothing_was_judged():
    assert taken([], []) == set()


@given(st.lists(st.tuples(st.floats(-8, 8), st.floats(1, 5000)), min_size=1, max_size=40))
def test_every_block_taken_is_at_least_as_likely_as_every_block_left(pairs):
    scores = [score for score, _ in pairs]
    chosen = taken(scores, [size for _, size in pairs])
    left = [score for place, score in enumerate(scores) if place not in chosen]
    assert chosen
    assert not left or min(scores[place] for place in chosen) >= max(left)

"""B-cubed: known values, and what it must say of perfect, lumped and split groupings."""

import pytest

from services.store.core.agreement import Agreement, b_cubed


@pytest.mark.parametrize(
    ("found", "true", "precision", "recall"),
    [
        ("xxyy", "aabb", 1, 1),
        ("xxxx", "aabb", 0.5, 1),
        ("wxyz", "aabb", 1, 0.5),
        ("xxy", "aaa", 1, 5 / 9),
        ("", "", 0, 0),
    ],
)
def test_precision_and_recall_are_those_of_the_definition(found, true, precision, recall):
    assert b_cubed(found, true) == Agreement(pytest.approx(precision), pytest.approx(recall))


def test_f_is_the_harmonic_mean_and_zero_where_nothing_agrees():
    assert b_cubed("xxxx", "aabb").f == pytest.approx(2 / 3)
    assert Agreement(0, 0).f == 0

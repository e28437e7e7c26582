"""The compiled arithmetic of sparse vectors reckons as Python's does, refuses what is no vector and leaks nothing."""

import gc
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.store.core.stories import arithmetic, linkage, vectors
from services.store.core.stories.vectors import Weights, packed, unpacked
from tests.compiler import CAN_BUILD

needs_compiled = pytest.mark.skipif(
    not arithmetic.IS_COMPILED, reason="not built: no C compiler when cleanwire was installed"
)

TERMS = st.one_of(st.integers(0, 40), st.integers(0, 2**32 - 1), st.integers(0, 40).map(lambda n: n << 26))
VECTORS = st.dictionaries(TERMS, st.floats(-1.0, 1.0, width=32), max_size=120)


@pytest.mark.skipif(
    not CAN_BUILD, reason="no C compiler or no Python headers: Python reckons, as it should be"
)
def test_where_a_compiler_is_the_compiled_arithmetic_is_built_and_chosen() -> None:
    assert arithmetic.IS_COMPILED


@needs_compiled
@settings(deadline=None)
@given(VECTORS, st.lists(VECTORS, max_size=8))
def test_compiled_similarities_are_those_of_python(one: Weights, others: list[Weights]) -> None:
    rest = [packed(other) for other in others]
    # From Python 3.12 on its sum makes up for rounding.
    assert arithmetic.dots(one, rest) == pytest.approx(
        [vectors.dot_packed(one, other) for other in rest], abs=1e-12
    )
    assert arithmetic.similarities(rest) == linkage.similarities(rest)


@needs_compiled
@settings(deadline=None)
@given(VECTORS, VECTORS, st.sampled_from((1.0, -1.0)))
def test_compiled_sums_are_those_of_python_in_the_same_order(
    one: Weights, other: Weights, sign: float
) -> None:
    total, vector = packed(one), packed(other)
    assert arithmetic.added(total, vector, sign) == vectors.added(total, vector, sign)


def test_what_was_added_and_taken_away_again_is_gone() -> None:
    one, other = packed({1: 0.5, 2: 0.25}), packed({2: 0.5, 7: 0.125})
    both = arithmetic.added(one, other)
    assert unpacked(both) == {1: 0.5, 2: 0.75, 7: 0.125}
    assert unpacked(arithmetic.added(both, other, -1.0)) == {1: 0.5, 2: 0.25}
    assert arithmetic.added(one, one, -1.0) == b""


@needs_compiled
@pytest.mark.parametrize("odd", [{-1: 1.0}, {2**32: 1.0}, {2**80: 1.0}, {"a": 1.0}, {1: "a"}])
def test_what_is_no_vector_is_refused_by_name(odd: dict[object, object]) -> None:
    with pytest.raises(ValueError, match="a float for each term"):
        arithmetic.dots(odd, [])


@needs_compiled
@pytest.mark.parametrize("odd", [b"1234567", "12345678", None])
def test_what_is_no_packed_vector_is_refused_by_name(odd: object) -> None:
    for ask in (lambda: arithmetic.dots({1: 1.0}, [odd]), lambda: arithmetic.similarities([odd])):  # type: ignore[list-item]
        with pytest.raises(ValueError, match="eight for a term"):
            ask()
    with pytest.raises((ValueError, TypeError)):
        arithmetic.added(odd, b"")


@needs_compiled
def test_compiled_arithmetic_keeps_nothing() -> None:
    some = [packed({term * place: 0.1 for term in range(1, 90)}) for place in range(1, 9)]

    def held_after_reckoning() -> int:
        for _ in range(300):
            arithmetic.dots(dict.fromkeys(range(90), 0.1), some)
            arithmetic.similarities(some)
            arithmetic.added(some[0], some[1])
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = held_after_reckoning()
        assert held_after_reckoning() - before < 50_000  # three hundred tables would be ten times that
    finally:
        tracemalloc.stop()

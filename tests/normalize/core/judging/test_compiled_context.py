"""The compiled features of the second pass are Python's, to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.judging.columns import names_of, stacked
from services.normalize.core.judging.compiled_context import (
    NAMES,
    _arrays_of,
    arrays_of,
    compiled_context,
    compiled_context_of,
)
from services.normalize.core.judging.context import PRIOR, Surroundings, second_features
from services.normalize.core.judging.facts import PageFacts, read_facts
from services.normalize.core.judging.scoring import surroundings_of
from services.normalize.core.reading import compiled
from services.normalize.core.reading.measures import BLOCK_ROWS, ELEMENT_ROWS
from services.normalize.core.reading.page import Page, read_page
from services.normalize.core.reading.reader import choose_reader
from tests.normalize.core.judging.changed_rows import changed_row
from tests.places import CORPUS_PAGES

CHOSEN = choose_reader()
pytestmark = pytest.mark.skipif(CHOSEN.name != "compiled", reason=f"the compiled features: {CHOSEN.why_not}")


def assert_equal(page: Surroundings, scores: np.ndarray) -> None:
    columns = second_features(page, scores)
    expected = dict(zip(names_of(columns), _rows_of(columns, len(scores)), strict=True))
    assert expected.keys() == set(NAMES)
    assert CHOSEN.second_features is not None
    for name, row in zip(NAMES, compiled_context(page, scores, CHOSEN.second_features)[NAMES], strict=True):
        assert np.array_equal(row, expected[name]), name


def assert_same_off_the_page(facts: PageFacts, scores: np.ndarray) -> None:
    assert CHOSEN.second_features is not None
    assert CHOSEN.second_features_of_page is not None
    expected = compiled_context(surroundings_of(facts), scores, CHOSEN.second_features)[NAMES]
    found = compiled_context_of(facts, scores, CHOSEN.second_features_of_page)[NAMES]
    assert np.array_equal(found, expected)


def _rows_of(columns, count):
    return stacked(columns).reshape(-1, count)


def scores_for(count: int, seed: int, sure: float) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, sure, count)


@pytest.mark.parametrize("path", CORPUS_PAGES, ids=lambda path: path.stem)
def test_a_page_of_the_corpus_has_the_same_surroundings(path):
    page = read_page(path.read_bytes(), "https://a.example/", "text/html")
    if not isinstance(page, Page) or not page.blocks:
        return
    facts = read_facts(page)
    if len(facts.candidates):
        for seed, sure in enumerate((0.1, 3.0, 40.0)):
            scores = scores_for(len(facts.candidates), seed, sure)
            assert_equal(surroundings_of(facts), scores)
            assert_same_off_the_page(facts, scores)


BELOW_PRIOR = int(PRIOR) - 1  # a container drawn may not hold its candidate: no divisor may be nothing


@st.composite
def surroundings(draw):
    count = draw(st.integers(1, 30))
    elements = draw(st.integers(1, 20))
    parents = [0, *(draw(st.integers(0, max(0, at - 1))) for at in range(1, elements))]
    bounds = [sorted(draw(st.tuples(*[st.integers(0, count)] * 2))) for _ in range(elements)]
    bounds[0] = [0, count]

    def of_candidates(values):
        return draw(st.lists(values, min_size=count, max_size=count))

    return Surroundings(
        sizes=np.array(of_candidates(st.integers(0, BELOW_PRIOR)), np.float64),
        shapes=np.array(of_candidates(st.integers(0, elements - 1))),
        leaves=np.array(of_candidates(st.integers(0, elements - 1))),
        parents=np.array(parents),
        first=np.array([one[0] for one in bounds]),
        last=np.array([one[1] for one in bounds]),
    ), np.array(of_candidates(st.floats(-30, 30)))


@settings(max_examples=300, deadline=None)
@given(surroundings())
def test_any_surroundings_have_the_same_features(drawn):
    assert_equal(*drawn)


SMALL = Surroundings(
    sizes=np.array([10.0, 20.0]),
    shapes=np.array([0, 1]),
    leaves=np.array([0, 1]),
    parents=np.array([0, 0]),
    first=np.array([0, 1]),
    last=np.array([2, 2]),
)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("shapes", lambda row: row + 1_000),
        ("leaves", lambda row: row + 2),
        ("parents", lambda row: row - 1),
        ("first", lambda row: row + 10**9),
        ("last", lambda row: row + 1),
        ("scores", lambda row: row[1:].copy()),
        ("leaves", lambda row: row.astype(np.float64)),
        ("total", lambda row: row.astype(np.int64)),
        ("best", lambda row: np.append(row, 1.0)),
    ],
)
def test_surroundings_that_fit_no_page_are_refused_before_they_are_used(name, change):
    arrays = _arrays_of(SMALL, np.array([1.0, -1.0]))
    arrays[name] = change(arrays[name])
    with pytest.raises(ValueError, match=r"no place on the page|another type or length"):
        compiled._features.second_features(arrays)


def test_a_missing_array_of_the_second_pass_is_named():
    arrays = _arrays_of(SMALL, np.array([1.0, -1.0]))
    del arrays["leaves"]
    with pytest.raises(KeyError, match="leaves"):
        compiled._features.second_features(arrays)


PAGE = b"<h1>The envoy arrives</h1><p>Both sides called the talks long overdue.<p>And they said so twice, at least."
BLOCKS, CANDIDATES, ELEMENTS, SCORES, CHANCES = range(5)


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (CANDIDATES, lambda row: row + 1_000),
        (CANDIDATES, lambda row: row[::-1].copy()),
        (BLOCKS, changed_row(BLOCK_ROWS.index("elements"), lambda row: row - 1_000)),
        (BLOCKS, lambda matrix: matrix[1:].copy()),
        (ELEMENTS, changed_row(ELEMENT_ROWS.index("first"), lambda row: row + 10**9)),
        (ELEMENTS, changed_row(ELEMENT_ROWS.index("parent"), lambda row: row + 10**9)),
        (ELEMENTS, changed_row(ELEMENT_ROWS.index("shape"), lambda row: row - 10**9)),
        (SCORES, lambda row: row[1:].copy()),
        (CHANCES, lambda row: row[1:].copy()),
    ],
)
def test_arrays_of_a_page_that_fit_none_are_refused_before_they_are_used(place, change):
    page = read_page(PAGE, "https://a.example/", "text/html")
    assert isinstance(page, Page)
    facts = read_facts(page)
    arrays = list(arrays_of(facts, scores_for(len(facts.candidates), 1, 1.0)))
    arrays[place] = change(arrays[place])
    with pytest.raises(ValueError, match=r"no place on the page|another type or length"):
        compiled._features.second_features_of_page(*arrays)

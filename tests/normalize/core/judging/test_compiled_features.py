"""The compiled features of the first pass are Python's, to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.judging.columns import names_of, stacked
from services.normalize.core.judging.compiled_features import NAMES, arrays_of, compiled_features
from services.normalize.core.judging.facts import PageFacts, read_facts
from services.normalize.core.judging.features import first_features
from services.normalize.core.reading import compiled
from services.normalize.core.reading.measures import BLOCK_ROWS, ELEMENT_ROWS
from services.normalize.core.reading.page import Page, read_page
from services.normalize.core.reading.reader import choose_reader
from tests.normalize.core.judging.changed_rows import changed_row
from tests.places import CORPUS_PAGES

CHOSEN = choose_reader()
pytestmark = pytest.mark.skipif(CHOSEN.name != "compiled", reason=f"the compiled features: {CHOSEN.why_not}")

PROSE = "The envoy arrived on Tuesday, and both sides called the talks constructive and long overdue."
PAGE = f"<title>The envoy arrives</title><h1>The envoy arrives</h1><article><p>{PROSE}<p>{PROSE}</article>".encode()


def facts_of(source: bytes) -> PageFacts | None:
    page = read_page(source, "https://a.example/", "text/html")
    if not isinstance(page, Page) or not page.blocks:
        return None
    facts = read_facts(page)
    return facts if len(facts.candidates) else None


def assert_equal(source: bytes) -> None:
    facts = facts_of(source)
    if facts is None:
        return
    columns = first_features(facts)
    expected = dict(zip(names_of(columns), stacked(columns), strict=True))
    assert expected.keys() == set(NAMES)
    for name, row in zip(NAMES, compiled_features(facts)[NAMES], strict=True):
        assert np.array_equal(row, expected[name]), name


@pytest.mark.parametrize("path", CORPUS_PAGES, ids=lambda path: path.stem)
def test_a_page_of_the_corpus_has_the_same_features(path):
    assert_equal(path.read_bytes())


TAG = st.sampled_from(
    ["p", "div class=teaser", "article", "/article", "ul", "li", "/ul", "h1", "h2", "/h2", "section class='related box'", "/section",
     "/div", "aside", "/aside", "a href=/x", "/a", "span class=caption", "/span", "main", "td", "table", "br", "div hidden"]
)  # fmt: skip
WORDS = st.sampled_from([
    PROSE, PROSE * 3, "Related articles", "The envoy arrives", "Read more", "10:30", "© 2025", "Foto: x", "北京发言人表示，双方同意。记者",
    "short", "A line, and more…", "sign up for the newsletter", "|", "x@y.z", "« quoted»", "12 May 2025", "ещё по теме", ".",
])  # fmt: skip
SOUP = st.lists(st.one_of(TAG.map(lambda tag: f"<{tag}>"), WORDS), max_size=60).map(
    lambda parts: (
        "<title>The envoy arrives</title><meta property=og:title content='The envoy arrives in time'>"
        f"<meta name=description content='{PROSE}'>{' '.join(parts)}"
    )
)


@settings(max_examples=200, deadline=None)
@given(SOUP)
def test_any_soup_of_tags_and_lines_has_the_same_features(soup):
    assert_equal(soup.encode())


BLOCKS, WORDS_FOUND, SAID, JUNK, CANDIDATES, ELEMENTS, HEADLINE = range(7)


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (CANDIDATES, lambda row: row + 1_000),
        (CANDIDATES, lambda row: np.repeat(row, 9)),
        (ELEMENTS, changed_row(ELEMENT_ROWS.index("parent"), lambda row: row - 1)),
        (ELEMENTS, changed_row(ELEMENT_ROWS.index("parent"), lambda row: row + 1)),
        (ELEMENTS, changed_row(ELEMENT_ROWS.index("shape"), lambda row: row + 10**9)),
        (ELEMENTS, changed_row(ELEMENT_ROWS.index("last"), lambda row: row + 10**9)),
        (ELEMENTS, lambda matrix: matrix[:-1].copy()),
        (BLOCKS, changed_row(BLOCK_ROWS.index("elements"), lambda row: row + 1_000)),
        (BLOCKS, lambda matrix: matrix[1:].copy()),
        (WORDS_FOUND, lambda matrix: matrix[:4].copy()),
        (SAID, lambda matrix: matrix[1:].copy()),
        (JUNK, lambda row: row[1:].copy()),
        (HEADLINE, lambda number: number + 10**9),
    ],
)
def test_arrays_that_fit_no_page_are_refused_before_they_are_used(place, change):
    facts = facts_of(PAGE)
    assert facts is not None
    arrays = list(arrays_of(facts))
    arrays[place] = change(arrays[place])
    with pytest.raises(ValueError, match=r"no place on the page|another type or length"):
        compiled._features.first_features(*arrays)


def test_a_page_without_blocks_has_no_features():
    with pytest.raises(ValueError, match="no place"):
        compiled._features.first_features(b"", b"", b"", b"", b"", b"", -1, 0)

"""The compiled features of the first pass are Python's, to the last bit."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.judging.columns import names_of, stacked
from services.normalize.core.judging.compiled_features import NAMES, _arrays_of, compiled_features
from services.normalize.core.judging.facts import PageFacts, read_facts
from services.normalize.core.judging.features import first_features
from services.normalize.core.reading import compiled
from services.normalize.core.reading.compiled import choose_reader
from services.normalize.core.reading.page import Page, read_page

CHOSEN = choose_reader()
pytestmark = pytest.mark.skipif(CHOSEN.name != "compiled", reason=f"the compiled features: {CHOSEN.why_not}")

PAGES = sorted((Path(__file__).resolve().parents[1] / "corpus").rglob("*.html"))
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


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
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


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("candidates", lambda row: row + 1_000),
        ("parent", lambda row: row - 1),
        ("elements", lambda row: row + 1_000),
        ("shape", lambda row: row + 10**9),
        ("last", lambda row: row + 10**9),
        ("anchor", lambda row: row - 10**9),
        ("chars", lambda row: row[1:].copy()),
        ("depth", lambda row: row.astype(np.float64)),
        ("links", lambda row: row.astype(np.int32)),
        ("headline_at", lambda row: row + 10**9),
    ],
)
def test_arrays_that_fit_no_page_are_refused_before_they_are_used(name, change):
    facts = facts_of(PAGE)
    assert facts is not None
    arrays = _arrays_of(facts)
    arrays[name] = change(arrays[name])
    with pytest.raises(ValueError, match=r"no place on the page|another type or length"):
        compiled._features.first_features(arrays)


def test_a_missing_array_is_named():
    facts = facts_of(PAGE)
    assert facts is not None
    arrays = _arrays_of(facts)
    del arrays["hidden"]
    with pytest.raises(KeyError, match="hidden"):
        compiled._features.first_features(arrays)

"""The compiled reading of a page's head says what the parser's own answers say."""

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from services.normalize.core.reading import compiled
from services.normalize.core.reading.head import read_head
from services.normalize.core.reading.reader import choose_reader
from tests.memory import needs_proc, resident_bytes
from tests.places import CORPUS_PAGES

CHOSEN = choose_reader()
pytestmark = pytest.mark.skipif(CHOSEN.name != "compiled", reason=f"the compiled head: {CHOSEN.why_not}")


def assert_equal(source: bytes | str) -> None:
    tree = LexborHTMLParser(source)
    found, expected = CHOSEN.read_head(tree), read_head(tree)
    assert found == expected
    assert [*found.metas] == [*expected.metas]


@pytest.mark.parametrize("path", CORPUS_PAGES, ids=lambda path: path.stem)
def test_the_head_of_a_page_of_the_corpus_is_read_alike(path):
    assert_equal(path.read_bytes())


VALUE = st.sampled_from(
    ["", "=''", "=x", "='a b'", "=CANONICAL", "='x Canonical'", "='canonical\fy'", "='xcanonical'", "=&auml;ž", "='&#0;'",
     "='application/ld+json'", "='APPLICATION/LD+JSON;x'", "='application/ld'", "=' application/ld+json'", "='og:title'"]
)  # fmt: skip
NAME = st.sampled_from(
    ["rel", "REL", "href", "lang", "property", "name", "itemprop", "content", "type", "Content", "x"]
)
ATTRIBUTES = st.lists(st.tuples(NAME, VALUE), max_size=5).map(
    lambda pairs: "".join(f" {name}{value}" for name, value in pairs)
)
TAG = st.sampled_from(
    ["html", "head", "body", "title", "link", "meta", "script", "svg", "template", "math", "p", "noscript", "iframe", "select", "table"]
)  # fmt: skip
PIECE = st.one_of(
    st.tuples(TAG, ATTRIBUTES).map(lambda tag: f"<{tag[0]}{tag[1]}>"),
    TAG.map(lambda tag: f"</{tag}>"),
    st.sampled_from(["The envoy", "&amp;", "<!-- x -->", "<b>", "</b>", "]]>", " \n ", "\udc80"]),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECE, max_size=25).map("".join))
def test_any_soup_of_tags_has_the_same_head(soup):
    assert_equal(soup.encode("utf-8", "replace"))


def test_a_title_of_more_than_one_text_is_left_to_the_parser():
    tree = LexborHTMLParser("<body><svg><title>The <b>envoy</b> arrives</title></svg>")
    assert compiled._walk.head(tree.root.mem_id) is None
    assert CHOSEN.read_head(tree).title == "The envoy arrives"


def test_a_page_nested_without_end_has_a_head():
    assert_equal("<div>" * 9_000 + "<meta name=a content=b>")
    assert_equal("<p>" * 50_000 + "<link rel=canonical href=/a>")


def test_what_is_no_node_is_refused_before_it_is_read():
    for wrong in (0, b"page", None):
        with pytest.raises(ValueError, match="no address"):
            compiled._walk.head(wrong)


@needs_proc
def test_reading_heads_gives_back_what_it_took():
    tree = LexborHTMLParser(
        "<html lang=be><title>a</title><link rel=canonical href=/x><script type=application/ld+json>{}</script>"
        + "".join(f"<meta name=Ab{at} content='{at}'>" for at in range(40))
    )

    def read(times: int) -> int:
        for _ in range(times):
            CHOSEN.read_head(tree)
        gc.collect()
        return resident_bytes()

    before = read(300)
    assert read(10_000) - before < 8_000_000

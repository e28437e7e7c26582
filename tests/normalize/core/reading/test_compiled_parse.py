"""The parser that is fed without the text of scripts makes the same tree as the parser that is given the whole page."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from services.normalize.core.reading import compiled
from services.normalize.core.reading.parse import parse_otherwise, parse_page
from services.normalize.core.reading.reader import choose_reader
from tests.memory import needs_proc, resident_bytes
from tests.places import CORPUS_PAGES

CHOSEN = choose_reader()
pytestmark = pytest.mark.skipif(CHOSEN.name != "compiled", reason=f"the compiled feeding: {CHOSEN.why_not}")

LONG = "x = 1 < 2; " * 20
QUICK_S = 20.0  # several times what the slowest takes on a busy machine; without bounds it would be hours


def without_scripts(tree: LexborHTMLParser) -> str | None:
    for node in tree.css("script, style"):
        below = node.first_child
        while below is not None:
            below, gone = below.next, below
            gone.remove()
    return tree.html


def scripts_of(source: bytes) -> list[str]:
    return [node.text() for node in CHOSEN.parse_page(source).css("script, style")]


def assert_equal(source: bytes) -> None:
    assert without_scripts(CHOSEN.parse_page(source)) == without_scripts(parse_page(source))


@pytest.mark.parametrize("path", CORPUS_PAGES, ids=lambda path: path.stem)
def test_a_page_of_the_corpus_has_the_same_tree(path):
    assert_equal(path.read_bytes().decode("utf-8", "replace").encode())


PIECE = st.sampled_from(
    ["<script>", "<SCRIPT src=a>", "<script type=application/ld+json>", "<style>", "</script>", "</style >", "</scripts>", "</script", "<script",
     "<!--", "-->", "<!doctype html>", "<html>", "<head>", "<body>", "<p>", "</p>", "<svg>", "</svg>", "<svg><desc>", "<math>", "<template>",
     "</template>", "<table>", "<tr><td>", "</table>", "<select>", "<option>", "</select>", "<textarea>", "</textarea>", "<title>", "</title>",
     "<noscript>", "</noscript>", "<iframe>", "</iframe>", "<xmp>", "<plaintext>", "<frameset>", "<b>", "</b>", "<a title='<script>", "'>", '"', ">",
     "<a rel=author>", "<figcaption>", "</body>", "<![CDATA[", "]]>", "&lt", "words", "\r", "\n", LONG, LONG, LONG]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECE, max_size=30).map("".join))
def test_any_soup_of_tags_has_the_same_tree(soup):
    assert_equal(soup.encode())


@pytest.mark.parametrize(
    ("page", "left"),
    [
        (f"<script>{LONG}</script><p>text", [""]),
        (f"<!doctype html><style>{LONG}</style ><p>text", [""]),
        (f"<script type='application/ld+json'>{LONG}</script>", [LONG]),
        ("<script>short</script>", ["short"]),
        (f"<script><!-- {LONG}</script>", [f"<!-- {LONG}"]),
        (f"<script>{LONG}", [LONG]),
        (f"<figcaption><script>{LONG}</script></figcaption>", [LONG]),
        (f"<p itemprop='author'><b><script>{LONG}</script></b></p>", [LONG]),
        (f"<p itemprop='name'><b><script>{LONG}</script></b></p>", [""]),
    ],
)
def test_only_text_that_nobody_reads_is_passed_over(page, left):
    assert scripts_of(page.encode()) == left


@pytest.mark.parametrize(
    "quirks", ["", "<!doctype html>", '<!doctype html public "-//W3C//DTD HTML 4.01 Transitional//EN">']
)
def test_the_documents_type_says_as_before_whether_a_table_ends_a_paragraph(quirks):
    assert_equal(f"{quirks}<p>a<table><td>b</table><script>{LONG}</script>".encode())


@pytest.mark.parametrize(
    "page",
    [
        b"<script>" * 500_000,
        b"<script>" + b"<script " * 500_000 + b">",
        b"<!-- " + b"<script>" * 500_000 + LONG.encode() + b"</script>",
        b"<style>" * 300_000 + b"<!--" + b"</style>",
        b"<p>" * 3 + b"<div>" * 5_000 + b"<script>%s</script>" % LONG.encode() * 3_000,
        b"<body" + b" a" * 10_000 + b">" + b"<script>%s</script>" % LONG.encode() * 5_000,
        b"<p rel='" + b"x" * 1_000_000 + b"'>" + b"<script>%s</script>" % LONG.encode() * 5_000,
    ],
    ids=["no end", "no tag's end", "a comment", "styles and a comment", "deep", "attributes", "a long value"],
)  # fmt: skip
def test_a_page_made_to_be_slow_is_not(page):
    start = time.thread_time()
    CHOSEN.parse_page(page)
    assert time.thread_time() - start < QUICK_S


def test_where_the_parser_fails_the_whole_page_is_given_to_it():
    def failing(document: int, source: bytes) -> None:
        raise ValueError(document, source)

    assert parse_otherwise(b"<p>text", failing).html == parse_page(b"<p>text").html


def test_what_is_no_document_is_refused():
    tree = parse_page(b"<p>text")
    assert tree.root is not None
    assert compiled._parse is not None
    for address in (0, tree.root.mem_id):
        with pytest.raises(ValueError, match="no address of a document"):
            compiled._parse.parse(address, b"<p>other")
    with pytest.raises(TypeError):
        compiled._parse.parse(tree.root.mem_id, "text")


@needs_proc
def test_parsing_leaves_memory_where_it_was():
    page = f"<!doctype html><script>{LONG * 1000}</script><p>{'words ' * 1000}".encode()
    for _ in range(100):
        CHOSEN.parse_page(page)
    before = resident_bytes()
    for _ in range(400):
        CHOSEN.parse_page(page)
    assert resident_bytes() - before < 20_000_000

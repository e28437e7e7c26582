"""The compiled walk cuts every page as Python's does, keeps within its bounds and leaks nothing."""

import gc
import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from services.normalize.core.reading import compiled
from services.normalize.core.reading.blocks import root_element
from services.normalize.core.reading.compiled import said_by
from services.normalize.core.reading.decode import Decoded, decode_page
from services.normalize.core.reading.reader import Reader, choose_reader
from services.normalize.core.reading.walk import LONG_LINK, MAX_BLOCKS, MAX_DEPTH, cut_blocks
from tests.compiler import CAN_BUILD
from tests.memory import needs_proc, resident_bytes
from tests.places import ROOT

PAGES = sorted((ROOT / "tests" / "corpus").rglob("*.html")) + sorted(
    (ROOT / "services" / "console" / "demo" / "pages").rglob("*.html")
)
SHARED = Path(os.environ.get("CLEANWIRE_SHARED", ROOT.parent / "shared")) / "data" / "extraction" / "pages"

COMPILED = choose_reader()
needs_compiled = pytest.mark.skipif(
    COMPILED.name != "compiled", reason=f"the compiled walk: {COMPILED.why_not}"
)


@pytest.mark.skipif(
    not CAN_BUILD, reason="no C compiler or no Python headers: the reader is Python's, as it should be"
)
def test_where_a_compiler_is_the_compiled_reader_is_built_and_chosen() -> None:
    """Else C that no longer compiles, or fits the parser no more, would only skip every comparison of the two readers."""
    assert (COMPILED.name, COMPILED.why_not) == ("compiled", "")


def parsed(source: bytes | str) -> LexborHTMLParser:
    return LexborHTMLParser(source, options=LexborDocumentOptions.WO_EVENTS)


def assert_equal(source: bytes | str) -> None:
    tree = parsed(source)
    assert said_by(COMPILED.cut_blocks(tree)) == said_by(cut_blocks(tree))


def sources(pages: list[Path]) -> Iterator[bytes | str]:
    for path in pages:
        raw = path.read_bytes()
        decoded = decode_page(gzip.decompress(raw) if path.suffix == ".gz" else raw, None)
        if isinstance(decoded, Decoded):
            yield decoded.source


@needs_compiled
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_both_walks_cut_a_page_of_the_corpus_alike(page):
    for source in sources([page]):
        assert_equal(source)


@needs_compiled
@pytest.mark.skipif(not SHARED.is_dir(), reason="the collections of pages are not there")
def test_both_walks_cut_real_pages_alike():
    for source in sources(sorted(SHARED.rglob("*.gz"))[::12]):
        assert_equal(source)


P = b"<p>Some words of a paragraph, with <a href=/x class=more>a link</a>.</p>"
HOSTILE = {
    "nothing": b"",
    "frames only": b"<frameset><frame></frameset>",
    "ten megabytes": P * (10_000_000 // len(P)),
    "200,000 nodes": b"<div><span>a</span> b</div>" * 70_000,
    "10,000 deep": b"<div>text " * 10_000,
    "as deep as is walked": b"<div>a<b>b" * (MAX_DEPTH // 2) + b"<i>c<div>d</div>e",
    "deep links": b"<a href=/x>x<div>" * 400 + b"<script>s</script>end",
    "one line of 5 MB": b"word " * 1_000_000,
    "one word of 5 MB": "слово".encode() * 500_000,
    "zeros": b"<p>a\x00b\x00 c<br>\n\x00d</p>\x00<p class='\x00'>&#0;</p>",
    "broken surrogates": b"<p class='\xed\xa0\x80'>\xed\xa0\x80 text \xed\xbf\xbf</p><p id='\xff'>\xff\xfe \xc0\x80 \xf5</p>",
    "a character cut off": b"<p title=x class='a\xe4\xb8'>a\xe4\xb8</p><span class='\xf0\x9f'>b</span>",
    "blanks of all kinds": "<p>\u00a0a\u2003b\u3000\u2028c\x1cd\x85e\x0bf</p><p>\u00a0</p><p>\u200bx</p>".encode(),
    "letters of every width": "<p>a ä 中 \U0001f600 a</p><p>ä</p><p>中</p><p>\U0001f600</p>".encode(),
    "more blocks than are cut": b"<p>w <b>x</b><br><br>y</p><br>" * (MAX_BLOCKS + 100),
    "long links": b"<a href=/1>" + b"long <p>text</p> " * LONG_LINK + b"</a><p><a href=/2>short</a> said",
    "long links of wide letters": (b"<a href=/1><p>" + "中文。".encode() * (LONG_LINK // 9 + 1) + b"</p></a>") * 2,
    "long links of letters of two bytes": b"<a href=/1><p>" + "ä  б\u00a0".encode() * (LONG_LINK // 8 + 1) + b"</p></a>",
    "long links in long links": (b"<a href=/1><div>" + b"long text " * LONG_LINK + b"</div>") * 4,
    "hidden": b"<div hidden>a<p>b</p></div><p aria-hidden=true>c</p><p aria-hidden=false>d</p><p style>e</p>"
    b"<p style='x:y; display :\n none'>f</p><p style='display:block none'>g</p><p style=display:non>h</p>"
    b"<p style='displaydisplay:none'>i</p><p style='display:\xc2\xa0none'>j</p>",
    "names": b"<p class=' a  b '>1</p><p class>2</p><p class='' id=x role=y>3</p><p DATA-TYPE=t itemprop=i id>4</p><p id=''>5"
    + b"<p class='%s' id='%s'>6</p>" % ("ž".encode() * 300, b"i" * 300),
    "inline names": b"<p>" + b"<span class=a>x</span>" * 5 + b"<time datetime>y</time><time datetime=1>z</time></p>",
    "empty inline": b"<p>a<span class=b></span><a href=/></a><time datetime=1> </time><b></b> <br> <br> c</p>",
    "kinds": b"<li><p><b>a</b></p></li><li><div><p>b</p></div></li><li><div><div><p>c</p></div></div></li><td>d<table><tr><th>e",
    "foreign elements": b"<p>a<svg class=x><title>t</title><foreignObject><p>b</p></foreignObject></svg><math><mi>c</mi></math>d",
    "made-up elements": b"<x-card class=a>one<x-card>two</x-card></x-card><a:b>three</a:b><\xd0\xb6>four",
    "templates": b"<template><p>a</p></template><noscript><p>b</p></noscript><object>c</object><p>d",
    "comments": b"<!-- a --><p>b<!-- c -->d</p><?php e ?><![CDATA[f]]>",
}  # fmt: skip


@needs_compiled
@pytest.mark.parametrize("name", HOSTILE)
def test_both_walks_cut_a_hostile_page_alike(name):
    assert_equal(HOSTILE[name])


TAGS = st.sampled_from(
    ["p", "div", "span class=s", "b", "li", "ul", "h2", "br", "br", "a href=x", "a", "/p", "/div", "/a", "/span", "td", "table",
     "/table", "article", "/article", "script", "/script", "time datetime=t", "x-y", "pre", "section hidden", "p class='a b' id=c",
     "svg", "/svg", "template", "/template", "select", "/select", "blockquote", "figcaption", "div style='display: none'"]
)  # fmt: skip
SOUP = st.lists(
    st.one_of(TAGS.map(lambda tag: f"<{tag}>".encode()), st.text("ab ä中.\n\u00a0\x00", max_size=8).map(str.encode))
    | st.binary(max_size=4),
    max_size=80,
).map(b"".join)  # fmt: skip


@needs_compiled
@settings(max_examples=400, deadline=None)
@given(SOUP)
def test_both_walks_cut_any_soup_of_tags_alike(soup):
    assert_equal(soup)


@needs_compiled
@needs_proc
def test_a_walk_gives_back_what_it_took():
    tree = parsed((P + b"<div class=a id=b>x<span class=c>y</span><time datetime=1>z</time></div>") * 20)
    for _ in range(500):
        COMPILED.cut_blocks(tree)
    gc.collect()
    before = resident_bytes()
    for _ in range(5_000):
        COMPILED.cut_blocks(tree)
    gc.collect()
    assert resident_bytes() - before < 8_000_000  # one reference lost in a block a page would be 20 MB


@needs_compiled
def test_a_page_is_cut_while_its_tree_lives_and_its_blocks_outlive_it():
    elements, blocks = COMPILED.cut_blocks(parsed(P * 3))
    gc.collect()
    assert [block.text for block in blocks] == ["Some words of a paragraph, with a link."] * 3
    assert [one.tag for one in elements] == ["body", "p", "p", "p"]


@needs_compiled
def test_what_is_no_tree_is_refused_before_it_is_read():
    with pytest.raises(TypeError):
        compiled._walk.cut(b"page", COMPILED, set())
    with pytest.raises(ValueError, match="no address"):
        compiled._walk.cut(0, root_element(), set())


def test_python_reads_where_it_is_asked_for_and_says_why():
    reader = choose_reader(compiled=False)
    assert (reader.name, reader.why_not) == ("python", "switched off")
    assert [block.text for block in reader.cut_blocks(parsed(P))[1]] == [
        "Some words of a paragraph, with a link."
    ]


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        ("PARSER", "0.1", "made for selectolax 0.1"),
        ("EDITIONS", (2, 3, 5, -1), "other sources"),
        ("_walk", None, "not built"),
    ],
)
def test_a_walk_that_does_not_fit_is_not_taken(monkeypatch, attribute, value, said):
    if compiled._walk is None and attribute != "_walk":
        pytest.skip(f"the compiled walk: {COMPILED.why_not}")
    monkeypatch.setattr(compiled, attribute, value)
    reader: Reader = choose_reader()
    assert reader.name == "python"
    assert said in reader.why_not


@needs_compiled
def test_a_parser_of_another_layout_is_not_taken(monkeypatch):
    monkeypatch.setattr(compiled, "PROOF", "\u200b&amp;")  # its text is another than its source
    assert "where it is expected" in choose_reader().why_not
    monkeypatch.undo()
    assert choose_reader().name == "compiled"

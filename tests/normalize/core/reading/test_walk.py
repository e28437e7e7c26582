"""Cutting a page into blocks: nothing lost, nothing twice, every kind as itself."""

from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from services.normalize.core.reading.blocks import PageBlock
from services.normalize.core.reading.walk import MAX_BLOCKS, cut_blocks


def blocks_of(html: str) -> list[PageBlock]:
    return cut_blocks(LexborHTMLParser(html))[1]


def texts_of(html: str) -> list[str]:
    return [block.text for block in blocks_of(html)]


def test_each_paragraph_is_a_block_and_inline_marks_are_not():
    assert texts_of("<p>One <b>bold</b> word.</p><p>Two <a href=/x>links</a></p>") == [
        "One bold word.",
        "Two links",
    ]


def test_two_breaks_end_a_block_and_one_does_not():
    assert texts_of("<div>first<br>line<br><br>second<br> <br>third</div>") == [
        "first\nline",
        "second",
        "third",
    ]


def test_text_beside_child_elements_is_a_block_of_its_own():
    assert texts_of("<div>lone text<p>paragraph</p>tail</div>") == ["lone text", "paragraph", "tail"]


def test_kinds_are_told_apart():
    html = "<h2>H</h2><ul><li><p>item</p></li></ul><blockquote>said</blockquote><table><tr><td>cell</td></tr></table><figure><figcaption>c</figcaption></figure>"
    assert [block.kind for block in blocks_of(html)] == [
        "heading",
        "list_item",
        "quotation",
        "table_cell",
        "caption",
    ]


def test_scripts_styles_and_forms_fields_are_no_text():
    assert texts_of(
        "<p>a</p><script>var x</script><style>p{}</style><select><option>o</option></select><noscript>n</noscript>"
    ) == ["a"]


def test_links_are_counted_and_an_unclosed_link_around_the_body_is_none():
    linked = blocks_of("<p>see <a href=/a>this page</a></p>")[0]
    assert linked.links == 1
    assert linked.link_chars == len("this page")
    around = blocks_of("<a href=/x><p>" + "long text of the body " * 80 + "</p></a>")[0]
    assert around.link_chars == 0


def test_a_link_around_a_short_chinese_body_is_none_and_one_around_a_long_teaser_is_one():
    body = "<a href=/x>" + "两国外长周五在明斯克继续举行会谈。<br><br>" * 35 + "</a>"
    assert {block.link_chars for block in blocks_of(body)} == {0}
    teaser = "<a href=/x><h3>News</h3><p>" + "a sentence of the teaser. " * 42 + "</p></a>"
    assert all(block.link_chars == len(block.text) for block in blocks_of(teaser))


def test_time_and_classes_of_inline_elements_are_noted():
    block = blocks_of(
        '<p class="byline"><span class="author">A</span> <time datetime="2025-12-12">Dec 12</time></p>'
    )[0]
    assert block.datetime == "2025-12-12"
    assert "author" in block.classes
    assert "byline" in block.classes


def test_parents_are_numbered_before_their_children():
    elements, _ = cut_blocks(
        LexborHTMLParser("<div><section><p>x</p></section>tail</div><article><p>y</p></article>")
    )
    assert all(one.parent is None or one.parent.index < one.index for one in elements)
    assert [one.index for one in elements] == list(range(len(elements)))


def test_a_page_of_any_size_gives_a_bounded_number_of_blocks_and_loses_no_text():
    found = blocks_of("<p>word</p>" * (MAX_BLOCKS + 500))
    assert len(found) <= MAX_BLOCKS + 1
    assert sum(block.text.count("word") for block in found) == MAX_BLOCKS + 500


def test_deep_nesting_loses_no_text():
    found = blocks_of("<div>a " * 5000 + "end" + "</div>" * 5000)
    assert "end" in found[-1].text
    assert sum(block.text.split().count("a") for block in found) == 5000


TAGS = st.sampled_from(
    ["p", "div", "span", "b", "li", "ul", "h2", "br", "a href=x", "/p", "/div", "/a", "td", "table", "/table"]
)
SOUP = st.lists(
    st.one_of(TAGS.map(lambda tag: f"<{tag}>"), st.text("abc ä中.\n", max_size=8)), max_size=60
).map("".join)


@settings(max_examples=150, deadline=None)
@given(SOUP)
def test_no_letter_of_the_body_is_lost_or_doubled(soup):
    tree = LexborHTMLParser(soup)
    whole = "".join((tree.body.text() if tree.body else "").split())
    assert "".join("".join(block.text.split()) for block in cut_blocks(tree)[1]) == whole

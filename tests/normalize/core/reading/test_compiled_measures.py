"""The compiled counting gives the numbers that Python's gives, for any text, any names and any tree."""

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.judging.keep import judge_blocks
from services.normalize.core.judging.tree import NEGATIVE
from services.normalize.core.reading import compiled, measures
from services.normalize.core.reading.blocks import Element, PageBlock, root_element
from services.normalize.core.reading.measures import MORE, PYTHON, Rows
from services.normalize.core.reading.page import Page, read_page
from services.normalize.core.reading.reader import choose_reader
from services.normalize.core.words.class_words import GROUPS
from tests.memory import needs_proc, resident_bytes
from tests.places import CORPUS_PAGES

CHOSEN = choose_reader()
COUNTING = CHOSEN.counting
pytestmark = pytest.mark.skipif(CHOSEN.name != "compiled", reason=f"the compiled counting: {CHOSEN.why_not}")

WORDS = sorted({word for words in GROUPS.values() for word in words.split()})
NAME = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map(str.title),
    st.sampled_from(WORDS).map(str.upper),
    st.sampled_from(["opinie", "Respond", "kommentar", "COMMENTS", "reſpond", "oment", "articleBody"]),
    st.text("abcXYZ019-_ \u00a0žİKſ", max_size=8),
    st.text("ab", min_size=20, max_size=40),
)
NAMES = st.lists(st.tuples(NAME, st.sampled_from(["", "-", " ", "_"])), max_size=8).map(
    lambda parts: "".join(one + sign for one, sign in parts)[:800]
)
TEXT = st.text(min_size=1, max_size=200).map(lambda text: " ".join(text.split()) or "x")


def same(left: measures.Rows, right: measures.Rows) -> None:
    assert left.keys() == right.keys()
    for name, row in left.items():
        assert row.tolist() == right[name].tolist(), name


BLOCKS = [PageBlock(at, "x" * (30 * at + 1), "line", root_element(), 3 * at) for at in range(9)]


def same_elements(elements: list[Element], blocks: list[PageBlock] = BLOCKS) -> None:
    rows = PYTHON.measure_blocks(blocks)
    same(
        COUNTING.measure_elements(elements, rows, NEGATIVE),
        PYTHON.measure_elements(elements, rows, NEGATIVE),
    )


def element(parent: Element | None, index: int, names: str = "", tag: str = "div") -> Element:
    one = root_element()
    one.parent, one.index, one.names, one.tag = parent, index, names, tag
    return one


@pytest.mark.parametrize("path", CORPUS_PAGES, ids=lambda path: path.stem)
def test_a_page_of_the_corpus_is_judged_alike(path):
    pages = [
        read_page(path.read_bytes(), "https://a.example/", "text/html", choose_reader(compiled=wanted))
        for wanted in (True, False)
    ]
    if not isinstance(pages[0], Page) or not isinstance(pages[1], Page):
        assert pages[0] == pages[1]
        return
    left, right = map(judge_blocks, pages)
    assert [one[1:] for one in left] == [one[1:] for one in right]
    if pages[0].blocks:
        rows = COUNTING.measure_blocks(pages[0].blocks), PYTHON.measure_blocks(pages[1].blocks)
        same(*rows)
        same(
            COUNTING.measure_elements(pages[0].elements, rows[0], NEGATIVE),
            PYTHON.measure_elements(pages[1].elements, rows[1], NEGATIVE),
        )


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=8))
def test_letters_are_counted_alike(texts):
    root = root_element()
    blocks = [PageBlock(at, text, "paragraph", root, at, 2 * at) for at, text in enumerate(texts)]
    same(COUNTING.measure_blocks(blocks), PYTHON.measure_blocks(blocks))


def test_every_letter_counts_alike_as_first_and_as_last():
    root = root_element()
    letters = [
        letter
        for letter in map(chr, [*range(1, 0x3100), *range(0x9FF0, 0x10100), 0x1F600])
        if not letter.isspace()
    ]
    blocks = [PageBlock(at, letter, "line", root) for at, letter in enumerate(letters)]
    same(COUNTING.measure_blocks(blocks), PYTHON.measure_blocks(blocks))


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.tuples(NAMES, st.sampled_from(["div", "article", "ul", "figcaption", "p", "x-y"])), max_size=6
    )
)
def test_names_are_understood_alike(named):
    elements = [root_element()]
    for names, tag in named:
        elements.append(element(elements[-1], len(elements), names, tag))
    same_elements(elements)


def forms_of(word: str) -> tuple[str, ...]:
    title = word.title()
    return (
        word,
        word.upper(),
        f"x{word}x",
        f"{word[:3]}-{word[3:]}",
        f"{word[:2]} {word[2:]}",
        f"my{title}Box",
        word * 3,
    )


def test_every_class_word_names_its_groups_alike():
    forms = [form for word in WORDS for form in forms_of(word)]
    elements = [root_element(), *(element(None, 1, form) for form in forms)]
    same_elements(elements)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.sampled_from(["", "related", "story teaser", "nav"]), st.integers(0, 9), st.integers(0, 9)),
        max_size=40,
    )
)  # fmt: skip
def test_elements_hold_and_carry_the_same(drawn):
    root = root_element()
    root.end_block = len(BLOCKS)
    elements = [root]
    for place, names, first, last in drawn:
        one = element(elements[place % len(elements)], len(elements), names, "p")
        one.first_block, one.end_block = min(first, last), max(first, last)
        elements.append(one)
    same_elements(elements)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(TEXT, st.integers(0, 60), st.sampled_from([(), ("author",), ("", "photo-credit", "x")])),
        min_size=1,
        max_size=30,
    )
)
def test_blocks_are_prose_and_named_alike(drawn):
    root = root_element()
    blocks = [
        PageBlock(at, text * 3, "line", root, linked, 1, names)
        for at, (text, linked, names) in enumerate(drawn)
    ]
    same(COUNTING.measure_blocks(blocks), PYTHON.measure_blocks(blocks))


DATED = st.lists(
    st.sampled_from(["1", "9", "20", "19", "٣", "𝟗", ":", ".", "_", " ", "x", "ж", "2025", "10:30"]),
    min_size=1,
    max_size=12,
)


@settings(max_examples=500, deadline=None)
@given(st.lists(DATED.map("".join), min_size=1, max_size=20), st.sampled_from(["", " x" * 55]))
def test_years_and_times_of_day_are_found_alike(texts, more):
    lines = [" ".join(text.split()) or "1" for text in texts]
    blocks = [PageBlock(at, line + more, "line", root_element()) for at, line in enumerate(lines)]
    same(COUNTING.measure_blocks(blocks), PYTHON.measure_blocks(blocks))


@pytest.mark.parametrize("end", [*MORE, "mor", "More", ">", "x»", "more....", "re…"])
def test_the_end_of_a_text_is_read_alike(end):
    blocks = [PageBlock(0, f"{before}{end}", "line", root_element()) for before in ("", "ж", "read ")]
    same(COUNTING.measure_blocks(blocks), PYTHON.measure_blocks(blocks))


def test_what_is_odd_is_refused_by_name():
    with pytest.raises(TypeError, match="object is no whole block"):
        COUNTING.measure_blocks([object()])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="too long"):
        COUNTING.measure_elements([element(None, 0, "x" * 5000)], PYTHON.measure_blocks(BLOCKS), NEGATIVE)
    with pytest.raises(ValueError, match="as many sizes"):
        rows = PYTHON.measure_blocks(BLOCKS)
        COUNTING.measure_elements([], Rows(rows | {"prose": rows["prose"][1:]}), NEGATIVE)


@pytest.mark.parametrize(("slot", "value"), [("first_block", -1), ("end_block", 10**9), ("index", 5)])
def test_an_element_that_is_no_place_on_the_page_is_refused(slot, value):
    root = root_element()
    child = element(root, 1)
    setattr(root if slot == "index" else child, slot, value)
    with pytest.raises(ValueError, match="no place on the page"):
        COUNTING.measure_elements([root, child], PYTHON.measure_blocks(BLOCKS), NEGATIVE)


def test_odd_blocks_and_tables_are_refused_by_name():
    with pytest.raises(ValueError, match="65,536"):
        compiled._measures.measure_blocks([], b"", b"")


def test_a_table_for_too_long_a_word_is_refused_and_the_real_one_kept():
    with pytest.raises(ImportError, match="no word"):
        compiled._measures.bind({"x" * 100: 1}, Element, PageBlock)
    assert choose_reader().name == "compiled"


@needs_proc
def test_counting_gives_back_what_it_took():
    page = read_page(CORPUS_PAGES[0].read_bytes(), "https://a.example/", "text/html")
    assert isinstance(page, Page)

    def count(times: int) -> int:
        for _ in range(times):
            rows = COUNTING.measure_blocks(page.blocks)
            COUNTING.measure_elements(page.elements, rows, NEGATIVE)
        gc.collect()
        return resident_bytes()

    before = count(500)
    assert count(10_000) - before < 8_000_000

"""The compiled trees, reasons and ledger are Python's, to the last bit."""

import gc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.judging import reasons
from services.normalize.core.judging.boosted_trees import BoostedTrees
from services.normalize.core.judging.facts import PageFacts, after_junk_heading, read_facts
from services.normalize.core.judging.keep import JudgedBlock, judge_blocks, judged_blocks
from services.normalize.core.judging.ledger import KEYS, ledger_of
from services.normalize.core.judging.model import shipped_passes
from services.normalize.core.judging.rules import repeats
from services.normalize.core.reading.blocks import PageBlock, root_element
from services.normalize.core.reading.compiled import Verdicts
from services.normalize.core.reading.measures import BLOCK_ROWS
from services.normalize.core.reading.page import Page, read_page
from services.normalize.core.reading.reader import choose_reader
from services.normalize.core.words.containers import H2, H6
from tests.memory import resident_bytes
from tests.normalize.core.judging.changed_rows import changed_row
from tests.places import CORPUS_PAGES

CHOSEN = choose_reader()
pytestmark = pytest.mark.skipif(CHOSEN.name != "compiled", reason=f"the compiled verdicts: {CHOSEN.why_not}")

PAGE = (
    b"<title>The envoy arrives</title><h1>The envoy arrives</h1><p>Both sides called the talks long overdue, and said so."
    b"<h3>Related articles</h3><ul class=nav><li><a href=/x>Another story of the day</a></ul><div hidden><p>Nothing</div>"
)


@pytest.fixture
def by() -> Verdicts:
    assert CHOSEN.verdicts is not None
    return CHOSEN.verdicts


def page_of(source: bytes, content_type: str = "text/html") -> Page | None:
    page = read_page(source, "https://a.example/", content_type)
    return page if isinstance(page, Page) and page.blocks else None


def facts_of(source: bytes) -> PageFacts:
    page = page_of(source)
    assert page is not None
    return read_facts(page)


def assert_same_reasons(facts: PageFacts, by: Verdicts) -> None:
    assert reasons._compiled_reasons(facts, by) == reasons._reasons_by_arrays(facts)


@pytest.mark.parametrize("path", CORPUS_PAGES, ids=lambda path: path.stem)
@pytest.mark.parametrize("content_type", ["text/html", "text/plain"])
def test_a_page_of_the_corpus_is_cut_for_the_same_reasons(path, content_type, by):
    page = page_of(path.read_bytes(), content_type)
    if page is not None:
        assert_same_reasons(read_facts(page), by)


TAG = st.sampled_from(
    ["p", "h2", "/h2", "ul", "li", "/ul", "nav", "/nav", "section class='related box'", "/section", "div class=comments", "/div",
     "footer", "/footer", "aside", "figcaption", "a href=/x", "/a", "span class=share", "/span", "div hidden", "td", "div class=byline"]
)  # fmt: skip
LINE = st.sampled_from([
    "Both sides called the talks constructive, and they said so twice on Tuesday.", "Related articles", "The envoy arrives", "Read more",
    "Sign up for our newsletter", "Advertisement", "short", "Comments", "Photo: x", "Читайте также", ".",
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(TAG.map(lambda tag: f"<{tag}>"), LINE), min_size=1, max_size=50))
def test_any_soup_of_tags_and_lines_is_cut_for_the_same_reasons(soup):
    assert CHOSEN.verdicts is not None
    page = page_of(" ".join(soup).encode())
    if page is not None:
        assert_same_reasons(read_facts(page), CHOSEN.verdicts)


@pytest.mark.parametrize(
    "change",
    [
        {"measured": changed_row(BLOCK_ROWS.index("elements"), lambda row: row + 1_000)},
        {"measured": changed_row(BLOCK_ROWS.index("elements"), lambda row: row - 1_000)},
        {"measured": lambda matrix: matrix[1:].copy()},
        {"tree": lambda matrix: matrix[1:].copy()},
        {"words": lambda matrix: matrix[:2].copy()},
        {"after_junk_heading": lambda row: row[1:].copy()},
        {"junk_headings": lambda row: row[1:].copy()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_arrays_that_fit_no_page_are_refused_before_they_are_used(change, by):
    facts = facts_of(PAGE)
    [(name, made)] = change.items()
    if name in ("measured", "tree"):
        getattr(facts, name).whole = made(getattr(facts, name).whole)
    else:
        setattr(facts, name, made(getattr(facts, name)))
    with pytest.raises(ValueError, match=r"no place on the page|another type or length"):
        reasons._compiled_reasons(facts, by)


# ---- trees ----

FIRST, SECOND = ("a", "b", "c"), ("d", "e")


@st.composite
def drawn_trees(draw):
    depth, count = draw(st.integers(1, 6)), draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    names = [*FIRST, *(f"around.{name}" for name in SECOND)]
    return BoostedTrees(
        tuple(tuple(rng.choice(names, depth).tolist()) for _ in range(count)),
        rng.integers(-2, 3, (count, depth)).astype(np.float64),
        rng.normal(size=(count, 2**depth)),
    ), rng.integers(-3, 4, (5, draw(st.integers(1, 150)))).astype(np.float64)


@settings(max_examples=200, deadline=None)
@given(drawn_trees())
def test_any_trees_add_the_same(drawn):
    trees, rows = drawn
    columns = {FIRST: rows[:3]}, {SECOND: rows[3:]}
    assert np.array_equal(trees.score(*columns, CHOSEN.verdicts), trees.score(*columns))


@pytest.mark.parametrize("candidates", [1, 2, 3, 63, 64, 65, 128, 500])
def test_the_shipped_trees_add_the_same_to_the_last_bit(candidates, by):
    trees = shipped_passes("html").trees
    assert trees is not None
    names = sorted({name for asked in trees.features for name in asked})
    rows = np.random.default_rng(candidates).normal(0, 3, (len(names), candidates))
    rows[:, ::2] = np.rint(rows[:, ::2])
    first = {tuple(name for name in names if not name.startswith("around.")): None}
    second = {tuple(name.removeprefix("around.") for name in names if name.startswith("around.")): None}
    [own], [around] = first, second
    columns = (
        {own: rows[[names.index(name) for name in own]]},
        {around: rows[[names.index(f"around.{name}") for name in around]]},
    )
    assert np.array_equal(trees.score(*columns, by), trees.score(*columns))


ROWS, ONE = np.zeros((2, 3)), np.zeros(1, np.int64)
THRESHOLD, VALUES = np.zeros(1), np.zeros((1, 2))


@pytest.mark.parametrize(
    "arrays",
    [
        (ROWS, ONE + 2, THRESHOLD, ONE, VALUES, 3, 1),
        (ROWS, ONE - 1, THRESHOLD, ONE, VALUES, 3, 1),
        (ROWS, ONE, THRESHOLD, ONE + 1, VALUES, 3, 1),
        (ROWS, ONE, THRESHOLD, ONE - 1, VALUES, 3, 1),
        (ROWS, ONE, np.zeros(2), ONE, VALUES, 3, 1),
        (ROWS, ONE, THRESHOLD, ONE, np.zeros((1, 4)), 3, 1),
        (ROWS, ONE, THRESHOLD, ONE, VALUES, 3, 0),
        (ROWS, ONE, THRESHOLD, ONE, VALUES, 3, 8),
        (ROWS, ONE, THRESHOLD, ONE, VALUES, 0, 1),
        (ROWS, ONE, THRESHOLD, ONE, VALUES, 4, 1),
        (ROWS, ONE, THRESHOLD, np.zeros(3, np.int64), VALUES, 3, 2),
    ],
)
def test_trees_that_fit_no_features_are_refused(arrays, by):
    with pytest.raises(ValueError, match=r"no place on the page|another type or length"):
        by.sum_trees(*arrays)


# ---- judged blocks and the ledger ----


def test_judged_blocks_are_those_of_python(by):
    blocks = tuple(PageBlock(at, f"text {at}", "paragraph", root_element()) for at in range(3))
    parts = (blocks, [True, False, False], ["", "navigation", ""], ["article text", "", "label"],
             ["model", "pointers", "model"], [1.5, -2.0, None])  # fmt: skip
    found = by.judged_blocks(JudgedBlock, *parts)
    assert found == judged_blocks(*parts)
    assert [type(one) for one in found] == [JudgedBlock] * 3


@pytest.mark.parametrize("row", range(5))
def test_judged_blocks_of_uneven_lists_are_refused(row, by):
    parts = [[True], [""], [""], ["model"], [None]]
    parts[row] = []
    with pytest.raises(ValueError, match="one length"):
        by.judged_blocks(JudgedBlock, (PageBlock(0, "text", "paragraph", root_element()),), *parts)


def test_judged_blocks_are_made_of_no_other_class(by):
    with pytest.raises(TypeError, match="list is no tuple"):
        by.judged_blocks(list, (), [], [], [], [], [])


@pytest.mark.parametrize("path", CORPUS_PAGES, ids=lambda path: path.stem)
def test_a_page_of_the_corpus_has_the_same_ledger(path, by):
    page = page_of(path.read_bytes())
    if page is not None:
        judged = judge_blocks(page)
        assert repr(ledger_of(judged, by)) == repr(ledger_of(judged))


@given(
    st.lists(
        st.none() | st.floats(-60, 60) | st.integers(-60_000, 60_000).map(lambda n: n / 2_000), max_size=40
    )
)
def test_any_scores_are_written_alike(scores):
    block = PageBlock(0, "text", "paragraph", root_element())
    judged = tuple(JudgedBlock(block, True, "article text", "model", score) for score in scores)
    assert repr(ledger_of(judged, CHOSEN.verdicts)) == repr(ledger_of(judged))


def test_lines_share_nothing_but_their_values(by):
    block = PageBlock(0, "text", "paragraph", root_element())
    one, other = by.lines_of((JudgedBlock(block, True, "x", "model", None),) * 2, KEYS)
    one["kept"] = False
    assert other["kept"] is True


@pytest.mark.parametrize("judged", [(1,), ((1, True, "", "", None),), (("a",) * 6,)])
def test_what_is_no_judged_block_has_no_line(judged, by):
    with pytest.raises(TypeError, match="no judged block"):
        by.lines_of(judged, KEYS)


def test_a_line_of_other_keys_is_refused(by):
    with pytest.raises(ValueError, match="6 keys"):
        by.lines_of((), KEYS[1:])


# ---- blocks behind a heading of something else ----


def by_python(facts: PageFacts) -> list[int]:
    texts = [block.text for block in facts.page.blocks]
    is_heading = (facts.tags >= H2) & (facts.tags <= H6)
    return after_junk_heading(facts.junk_headings, texts, facts.keys, is_heading).tolist()


@pytest.mark.parametrize("path", CORPUS_PAGES, ids=lambda path: path.stem)
def test_blocks_behind_other_headings_are_those_of_python(path):
    page = page_of(path.read_bytes())
    if page is not None:
        facts = read_facts(page)
        assert facts.after_junk_heading.tolist() == by_python(facts)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(TAG.map(lambda tag: f"<{tag}>"), LINE), min_size=1, max_size=50))
def test_any_blocks_behind_other_headings_are_those_of_python(soup):
    page = page_of(" ".join(soup).encode())
    if page is not None:
        facts = read_facts(page)
        assert facts.after_junk_heading.tolist() == by_python(facts)


@pytest.mark.parametrize("short", range(5))
def test_parts_of_uneven_length_are_refused(short, by):
    facts = facts_of(PAGE)
    texts = [block.text for block in facts.page.blocks]
    parts = [facts.measured.whole, facts.tree.whole, facts.junk_headings, texts, facts.keys]
    parts[short] = parts[short][1:]
    with pytest.raises(ValueError, match="another type or length"):
        by.after_junk_heading(*parts)


def test_verdicts_give_back_what_they_took(by):
    page = page_of(CORPUS_PAGES[0].read_bytes())
    assert page is not None

    def judge(times: int) -> int:
        for _ in range(times):
            ledger_of(judge_blocks(page), by)
        gc.collect()
        return resident_bytes()

    before = judge(100)
    assert judge(1_500) - before < 8_000_000
    with pytest.raises(TypeError, match="no judged block"):
        by.lines_of((*judge_blocks(page), None), KEYS)


# ---- texts that begin again ----

SHORTEST = 20
PART = st.sampled_from(
    [
        "the envoy arrived on Friday",
        "ąžuolas stovi prie kelio ",
        "茅台酒的价格要管",
        "𝄞 sounds ",
        "a",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        " ",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(PART, max_size=5).map("".join), max_size=12))
def test_the_same_texts_begin_again(texts):
    assert CHOSEN.verdicts is not None
    assert CHOSEN.verdicts.begin_again(texts, SHORTEST) == repeats.begin_again(texts, SHORTEST)


def test_looking_for_heads_refuses_what_are_no_texts(by):
    with pytest.raises(TypeError, match="no str"):
        by.begin_again([b"bytes"], SHORTEST)
    with pytest.raises(ValueError, match="16 letters or more"):
        by.begin_again(["short"], 3)

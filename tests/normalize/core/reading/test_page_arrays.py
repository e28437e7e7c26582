"""The arrays that the features are made of say the same as counting by hand."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.judging.columns import names_of, numbered, stacked
from services.normalize.core.judging.element_columns import _siblings
from services.normalize.core.judging.facts import PageFacts, read_facts
from services.normalize.core.judging.tree import NEGATIVE, chain_of
from services.normalize.core.reading.page import Page, read_page
from services.normalize.core.words.letters import (
    WIDE_LETTER,
    counts_of,
    marked,
    marks_of,
    may_hold_wide_letters,
    signs_of,
)
from services.normalize.core.words.phrases import (
    HEADING,
    JUNK_HEADING,
    JUNK_HEADINGS,
    JUNK_START,
    JUNK_STARTS,
    LABEL,
    LINKING,
    beginnings_of,
    words_of,
)

TEXTS = st.lists(
    st.text("aB1 ,.!?\n|@©é中Ж٣", min_size=1, max_size=40).filter(lambda one: one[0] != " "), min_size=1
)
PAGE = b"""<html><body><nav class=menu><a href=/1>Home</a> and more</nav>
<main class=related><article><h1>The envoy arrives in the capital</h1>
<p>The envoy arrived on Tuesday, and both sides called the talks constructive and long overdue.</p>
<div class=teaser><p>Another text, which is about something else altogether and rather long too.</p></div>
<p>A second paragraph of the report, with more words than any menu would ever have in it.</p></article></main>
<footer>All rights reserved</footer></body></html>"""


def facts_of(page: bytes) -> PageFacts:
    found = read_page(page, "https://a.example/", "text/html")
    assert isinstance(found, Page)
    return read_facts(found)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_letters_are_counted_as_python_counts_them(texts):
    counts = counts_of(texts)
    assert counts["digits"].tolist() == [sum(map(str.isdecimal, text)) for text in texts]
    assert counts["capitals"].tolist() == [sum(map(str.isupper, text)) for text in texts]
    assert counts["bars"].tolist() == [text.count("|") for text in texts]


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_signs_are_counted_within_each_text_only(texts):
    signs = signs_of(texts)
    assert signs["commas"].tolist() == [text.count(",") for text in texts]
    assert signs["sentences"].tolist() == [len(re.findall(r"[.?!] ", text)) for text in texts]
    assert signs["blanks"].tolist() == [text.count(" ") for text in texts]


def test_marks_tell_what_a_letter_is():
    marks = marks_of("a«.:Z")
    assert marked(marks, "lower").tolist() == [1, 0, 0, 0, 0]
    assert marked(marks, "opening").tolist() == [0, 1, 0, 0, 0]
    assert marked(marks, "terminal").tolist() == [0, 0, 1, 0, 0]


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_no_wide_letter_is_overlooked(text):
    assert may_hold_wide_letters(text) or not WIDE_LETTER.search(text)


def samples(alternatives: str) -> list[str]:
    plain = [re.sub(r"\\[A-Za-z]|[?\\()\[\].:+*]", "", one) for one in alternatives.split("|")]
    return sorted({one for one in plain if one})


@pytest.mark.parametrize(
    ("alternatives", "pattern", "bit"),
    [(JUNK_STARTS, JUNK_START, LABEL), (JUNK_HEADINGS, JUNK_HEADING, HEADING)],
    ids=["starts", "headings"],
)
def test_how_a_text_begins_overlooks_no_phrase(alternatives, pattern, bit):
    for phrase in samples(alternatives):
        for key in (phrase.lower(), f"– {phrase} x".lower(), f"12 {phrase}".lower(), f"x{phrase}".lower()):
            assert beginnings_of(key) & bit or not pattern.match(key), key


def test_words_that_features_ask_for_are_those_of_the_text():
    facts = facts_of(PAGE)
    for at, block in enumerate(facts.page.blocks):
        words = words_of(block.text)
        assert facts.found["words"][at] == len(words)
        assert facts.found["linking"][at] == len(LINKING.intersection(words))
        assert facts.found["titled"][at] == len(facts.hints.title_words.intersection(words))


def test_an_element_sums_up_the_blocks_in_it():
    facts = facts_of(PAGE)
    for element in facts.page.elements:
        inside = [block for block in facts.page.blocks if element in ancestors(block.element)]
        at = element.index
        assert facts.tree.blocks[at] == len(inside)
        assert facts.tree.link_chars[at] == sum(block.link_chars for block in inside)
        assert facts.tree.prose_chars[at] == sum(
            facts.sizes[block.index] for block in inside if facts.prose[block.index]
        )
        assert facts.tree.depth[at] == len(ancestors(element)) - 1


def ancestors(element):
    chain = [element]
    while chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    return chain


def test_negative_words_of_a_container_of_most_prose_are_not_carried_on():
    facts = facts_of(PAGE)
    tree, own = facts.tree, {element.names: element.index for element in facts.page.elements}
    assert tree.flags[own["related"]] & NEGATIVE
    assert not tree.carried[own["related"]] & NEGATIVE
    assert tree.far[own["teaser"]] & NEGATIVE


def test_siblings_are_the_children_of_one_parent_under_one_class_path():
    facts = facts_of(b"<ul><li>a b c</li><li>d e f</li><li class=x>g</li></ul><ul><li>h</li></ul>")
    shown: dict[str, list[int]] = {element.path(): [] for element in facts.page.elements}
    for element, count in zip(facts.page.elements, _siblings(facts.tree).tolist(), strict=True):
        shown[element.path()].append(count)
    assert shown["body>ul>li"] == [2, 2, 1]
    assert shown["body>ul>li.x"] == [1]


def test_the_root_is_its_own_parent_at_every_level():
    assert chain_of(np.array([0, 0, 1]), np.array([2])).tolist() == [[2], [1], [0], [0], [0]]


def test_columns_stand_under_their_names_in_order():
    columns = {"a": np.array([1, 2]), numbered("b", (0, 1)): np.array([[3, 4], [5, 6]]), "c": 7}
    assert names_of(columns) == ("a", "b_0", "b_1", "c")
    assert stacked(columns).tolist() == [[1, 2], [3, 4], [5, 6], [7, 7]]

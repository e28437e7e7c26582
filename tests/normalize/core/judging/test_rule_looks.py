"""Quick looks of the rules: whatever a rule's expression or count would find, its look lets through."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.judging.rules.article_body import _found, _surely_found
from services.normalize.core.judging.rules.comments import COMMENT_NAME
from services.normalize.core.judging.rules.endings import ENDING
from services.normalize.core.judging.rules.notice_phrases import NOTICES
from services.normalize.core.judging.rules.pointers import POINTER
from services.normalize.core.words import phrases
from services.normalize.core.words.containers import COMMENT_STEMS, NAMED_COMMENTS, element_flags
from services.normalize.core.words.expressions import alternatives_of, letters_within
from services.normalize.core.words.phrases import beginnings_of, words_of

PHRASES = [phrase for notice in NOTICES for phrase in notice.phrases]


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.pattern.pattern[:40])
@settings(max_examples=20, deadline=None)
@given(st.data())
def test_every_phrase_holds_its_letters(phrase, data):
    assert phrase.letters in data.draw(st.from_regex(phrase.pattern))


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("all of it", "all of it"),
        ("colou?rs", "colo"),
        ("(?:no|some) news(?: today)?", " news"),
        (r"ctrl ?\+ ?enter", "enter"),
        ("ab{2,9}cd*e", "a"),
        ("[abc]+", ""),
        (r"\bterms\b.{0,400}", "terms"),
    ],
)
def test_letters_are_those_that_cannot_be_missing(pattern, letters):
    assert letters_within(pattern) == letters


def test_bars_in_brackets_part_no_alternatives():
    assert alternatives_of(r"a(?:b|c)|[|]d|e\|f") == ["a(?:b|c)", "[|]d", r"e\|f"]


@settings(max_examples=600, deadline=None)
@given(st.from_regex(POINTER))
def test_first_letters_let_every_pointer_through(text):
    if POINTER.match(text.lower()):
        assert beginnings_of(text.lower()) & phrases.POINTER


@settings(max_examples=600, deadline=None)
@given(st.from_regex(ENDING, fullmatch=True))
def test_first_letters_let_every_ending_through(text):
    if ENDING.fullmatch(text.lower()):
        assert beginnings_of(text.lower()) & phrases.ENDING


@pytest.mark.parametrize("expression", [POINTER, ENDING])
def test_expressions_for_lower_case_hold_no_capitals(expression):
    plain = expression.pattern.replace(r"\W", "")
    assert plain == plain.lower()


@settings(max_examples=400, deadline=None)
@given(st.from_regex(COMMENT_NAME))
def test_names_of_comments_are_marked(names):
    if any(stem in names.lower() for stem in COMMENT_STEMS):
        assert element_flags(names, "div") & NAMED_COMMENTS
    else:  # a letter that is the same without case only: `ſ` for `s`
        assert not names.isascii()


def test_other_names_are_not_marked():
    assert not element_flags("article-body main story", "div") & NAMED_COMMENTS


WORDS = st.sampled_from(
    ["the", "envoy", "spoke", "envoys", "a", "b-c", "it's", "Minsk", "news.", "ΣΑΣ", "x\ny", "İ"]
)
TEXT = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)


@settings(max_examples=500, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=4), st.lists(TEXT, max_size=5), st.floats(0, 1))
def test_what_is_surely_found_is_found_when_counted(paragraphs, kept, share):
    body = words_of("\n".join(paragraphs))
    enough = share * len(body)
    if _surely_found(kept, " ".join(paragraphs).lower(), enough):
        assert _found(Counter(body), Counter(words_of("\n".join(kept)))) >= enough


def test_a_piece_within_longer_words_is_not_surely_found():
    assert not _surely_found(["lated to it in man"], "unrelated to it in many ways", 4)
    assert _surely_found(["lated to it in man"], "unrelated to it in many ways", 3)

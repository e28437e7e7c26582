"""The compiled reading of words and lines says what Python's says, for any text in any script."""

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.line_looks import DAY_WORDS, look_by_line
from services.normalize.core.metadata.labels import CUES
from services.normalize.core.metadata.language import SMALL_WORDS, count_small_words
from services.normalize.core.provenance.cites import FORMS_OF_FIRST, find_first_words
from services.normalize.core.topics.topic_words import find_words_asked, folded_word
from services.normalize.core.words.compiled_lines import LINES
from services.normalize.core.words.plain_words import folded, words_counted
from services.normalize.topics import read_topics
from tests.memory import needs_proc, resident_bytes
from tests.places import ROOT

pytestmark = pytest.mark.skipif(LINES is None, reason="the compiled lines were not built")

TOPICS = read_topics(ROOT / "deploy" / "topics")
STARTS = TOPICS[0].terms.starts
WORDS = [word for words in SMALL_WORDS.values() for word in words.split()]
ODD = ["ΟΔΟΣ", "İstanbul", "ŉ", "ﬃ", "ß", "ẞ", "Ǆ", "\ud800", "a\x00b", "½", "²", "٣2025", "𐐀", "e\u0301", "so\u00adft", "K", "ſ"]  # fmt: skip
SAID = ["By Anna Lee", "12 May 2025", "2 days ago", "вчера", "Photo: A", "(Reporting by A", "an AI", "AIR", "HAWAI", "Trump's", "U.S.", "a.b.c"]  # fmt: skip
WORD = st.one_of(
    st.sampled_from([*WORDS, *FORMS_OF_FIRST, *DAY_WORDS, *CUES, *ODD, *SAID]),
    st.sampled_from([*WORDS, *sorted(STARTS)]).map(str.upper),
    st.text(max_size=6),
)
SIGN = st.sampled_from(
    [" ", ", ", "-", ". ", "\n", " «", "’", "'", "ʼ", "/", "\u00a0", "_", "  ", "(", "…", "\x1c"]
)
TEXT = st.lists(st.tuples(WORD, SIGN), max_size=12).map(
    lambda parts: "".join(one + sign for one, sign in parts)
)
LETTERS = [chr(code) for code in range(1, 0x20000)]


@settings(max_examples=300, deadline=None)
@given(TEXT)
def test_any_text_is_folded_counted_and_searched_alike(text):
    assert LINES.plain(text) == folded(text)
    assert LINES.count_words(text) == words_counted(text)
    assert LINES.count_small_words(text) == count_small_words(text)
    assert LINES.names_in(text) == find_first_words(text)


def test_every_letter_is_folded_alike_by_itself_and_between_others():
    for form in ("{}", "a{}b", " {}. A", "ж{}", "{}\u0301"):
        for letter in LETTERS[: 0x3000 if form == "{}" else 0x2200]:
            text = form.format(letter)
            assert LINES.plain(text) == folded(text), repr(text)


def test_every_letter_parts_or_joins_words_alike():
    for at in range(0, len(LETTERS), 64):
        text = "".join(f"a{letter}b {letter} The{letter} " for letter in LETTERS[at : at + 64])
        assert LINES.count_words(text) == words_counted(text)
        assert LINES.count_small_words(text) == count_small_words(text)
        assert LINES.names_in(text) == find_first_words(text)
        starts = frozenset(["a", "the", "b"])
        found = LINES.words_asked(text, starts, folded_word, 2)
        assert found == find_words_asked(text, starts, folded_word, 2)


@settings(max_examples=300, deadline=None)
@given(TEXT, st.sampled_from([STARTS, frozenset(["u.s", "tru", "οδο", "ss", "ʼn", "a"])]), st.integers(1, 4))
def test_words_of_topics_are_found_alike(text, starts, reach):
    found = LINES.words_asked(text, starts, folded_word, reach)
    assert found == find_words_asked(text, starts, folded_word, reach)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(TEXT, st.sampled_from(SAID), TEXT.map(lambda text: text * 9)), max_size=6), TEXT)
def test_any_lines_look_alike(lines, headline):
    key = folded(headline)
    lines = [*lines, headline, f"{headline}!", f" {headline.upper()}"]
    assert LINES.look_at(lines, key, 24) == look_by_line(lines, key, 24)


def test_every_end_of_a_day_and_every_letter_at_an_end_look_alike():
    lines = [
        f"{head}{day}{end}" for day in DAY_WORDS for head in ("", "x", "3 ", "ß") for end in ("", ".”", "s")
    ]
    lines += [f"two {letter}" for letter in LETTERS[:0x3000]] + [
        f"{letter}y Anna" for letter in LETTERS[:0x3000]
    ]
    lines += [f"{letter}edaktor: A" for letter in LETTERS[:0x3000]] + [f"20{letter}5 {letter}" for letter in LETTERS[:0x3000]]  # fmt: skip
    assert LINES.look_at(lines, "", 0) == look_by_line(lines, "", 0)


def test_equal_words_of_a_hostile_page_are_one_object():
    words = [words for _, words in LINES.words_asked("Minsk " * 9, STARTS, folded_word, 2)]
    assert len(words) == 9
    assert len({id(one) for one in words}) == 2  # the last has nothing behind it


def test_what_is_no_text_is_refused_by_name():
    for asked in (LINES.plain, LINES.count_words, LINES.count_small_words, LINES.names_in):
        with pytest.raises(TypeError, match="str"):
            asked(b"bytes")
    with pytest.raises(TypeError, match="str"):
        LINES.look_at(["a line", None], "key", 3)
    with pytest.raises(ValueError, match="letters"):
        LINES.words_asked("text", frozenset([""]), folded_word, 1)
    with pytest.raises(ValueError, match="at least one word"):
        LINES.words_asked("text", STARTS, folded_word, 0)
    with pytest.raises(ValueError, match="tables"):
        LINES.bind_folding(b"", b"", folded)
    assert LINES.plain("Still — bound") == "still bound"


@needs_proc
def test_reading_lines_gives_back_what_it_took():
    text = "By Anna Lee, вчера. The U.S. envoy’s Straße “Reuters” told ½ " * 40
    lines = ["12 May 2025", "ßo", "an AI made it", text]

    def read(times: int) -> int:
        for _ in range(times):
            for asked in (LINES.plain, LINES.count_small_words, LINES.names_in, LINES.count_words):
                asked(text)
            LINES.words_asked(text, STARTS, folded_word, 3)
            LINES.look_at(lines, "x", 24)
            with pytest.raises(TypeError):
                LINES.look_at([*lines, None], "x", 24)
        gc.collect()
        return resident_bytes()

    before = read(300)
    assert read(3_000) - before < 8_000_000

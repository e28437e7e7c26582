"""The compiled reading of texts says what Python's says, for any text in any script."""

import gc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.judging.facts import GROUPS
from services.normalize.core.reading import compiled
from services.normalize.core.reading.reader import choose_reader
from services.normalize.core.reading.texts import KEY_CHARS, PYTHON, READ, Said, text_key
from services.normalize.core.words.phrases import BEGINNINGS, words_of
from tests.memory import needs_proc, resident_bytes

CHOSEN = choose_reader()
TEXTS = CHOSEN.texts
pytestmark = pytest.mark.skipif(CHOSEN.name != "compiled", reason=f"the compiled texts: {CHOSEN.why_not}")

ASKED = sorted({word.decode() for group in GROUPS for word in group})
WORD = st.one_of(
    st.sampled_from(ASKED),
    st.sampled_from(ASKED).map(str.upper),
    st.sampled_from(
        ["envoy", "ΟΔΟΣ", "İstanbul", "Ǆ", "ΑΣ", "\ud800", "a\x00b", "12", "…", "𐐀", "👍🏽", "ﬃ"]
    ),
    st.text(max_size=6),
)
SIGN = st.sampled_from([" ", ", ", "-", ". ", "\n", " «", "/", "\u00a0", "__", "  ", "(c) "])
TEXT = st.lists(st.tuples(WORD, SIGN), max_size=12).map(
    lambda parts: "".join(one + sign for one, sign in parts)
)
LONG = st.tuples(TEXT, st.sampled_from([1, 1, 60])).map(lambda drawn: drawn[0] * drawn[1])
OWN = st.frozensets(
    st.sampled_from([b"envoy", "οδος".encode(), b"subscribe", b"x" * 3000, b"\xff", b"", "ж".encode()])
)


def assert_same_keys(texts: list[str]) -> None:
    keys, begins = TEXTS.keys_of(texts)
    expected, numbers = PYTHON.keys_of(texts)
    assert keys == expected
    assert [hash(key) for key in keys] == [hash(key) for key in expected]  # made as Python makes them
    assert begins.tolist() == numbers.tolist()


@settings(max_examples=300, deadline=None)
@given(st.lists(LONG, max_size=6))
def test_texts_have_the_same_keys(texts):
    assert_same_keys(texts)


def test_every_letter_has_the_same_lower_case():
    letters = [chr(number) for number in range(1, 0x20000)]
    assert_same_keys(letters)
    assert_same_keys([f"A{one}A" for one in letters])
    assert_same_keys(["".join(letters[at : at + KEY_CHARS]) for at in range(0, len(letters), KEY_CHARS)])


def test_every_beginning_is_known_alike():
    assert_same_keys(
        [
            f"{before}{one}{after}"
            for one in BEGINNINGS
            for before in ("", "x", "é")
            for after in ("", "x", "ж")
        ]
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(LONG, max_size=5), OWN)
def test_the_words_asked_for_are_found_alike(texts, own):
    assert TEXTS.find_words(texts, GROUPS, own).tolist() == PYTHON.find_words(texts, GROUPS, own).tolist()


def test_every_word_asked_for_is_found_whatever_stands_around_it():
    for form in ("{}", "({})", "x {}. y", "{} {}", "“{}”", "a{}", "ž {}\n"):
        texts = [form.format(word, word) for word in [*ASKED, *map(str.upper, ASKED)]]
        assert (
            TEXTS.find_words(texts, GROUPS, frozenset()).tolist()
            == PYTHON.find_words(texts, GROUPS, frozenset()).tolist()
        )


def test_other_groups_than_before_are_read_anew():
    groups = (frozenset([b"more"]), frozenset([b"more", b"foto"]))
    for asked in (groups, GROUPS, groups[:1], groups):
        texts = ["More foto, and more!", "subscribe", ""]
        found = TEXTS.find_words(texts, asked, frozenset([b"and"]))
        assert found.tolist() == PYTHON.find_words(texts, asked, frozenset([b"and"])).tolist()


def test_words_are_looked_for_in_the_first_characters_only():
    text = "a " * (READ // 2) + "subscribe"
    assert TEXTS.find_words([text], GROUPS, frozenset()).sum() == READ // 2


LINE = st.one_of(
    st.sampled_from(
        [
            "The envoy arrives in time",
            "«The envoy arrives in time!»",
            "the  envoy\narrives in time",
            "ΟΔΟΣ ΤΗΣ ΑΘΗΝΑΣ",
        ]
    ),
    st.sampled_from(
        [
            "...",
            "a line of more than fifteen letters",
            "a line of more\nthan fifteen letters",
            "x" * 300,
            "İ" * 120,
        ]
    ),
    TEXT,
)
HEAD = st.builds(
    lambda headlines, title, description, body: Said(
        frozenset(map(text_key, headlines)), title.lower(), description.lower(), body.lower()
    ),
    st.lists(LINE, max_size=3), LINE, LINE, st.lists(LINE).map(" ".join),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(LINE, st.booleans(), st.sampled_from([0.0, 149.5, 300.0])), max_size=8), HEAD)
def test_the_heads_words_are_known_again_alike(lines, head):
    keys = [line[:KEY_CHARS].lower() for line, _, _ in lines]
    sizes = np.array([len(line) + more for line, _, more in lines], np.float64)
    judged = np.array([one for _, one, _ in lines], bool)
    found = TEXTS.said_by_head(keys, sizes, judged, head).tolist()
    assert found == PYTHON.said_by_head(keys, sizes, judged, head).tolist()


def test_what_is_odd_is_refused_by_name():
    texts, nothing = compiled._texts, Said(frozenset(), "", "", "")
    with pytest.raises(TypeError, match="no str"):
        texts.keys_of([b"bytes"])
    with pytest.raises(TypeError, match="a list"):
        texts.keys_of(("a",))
    with pytest.raises(TypeError, match="no str"):
        texts.find_words([None], GROUPS, frozenset())
    with pytest.raises(ValueError, match="at most 32 groups"):
        texts.find_words([], (frozenset(),) * 33, frozenset())
    with pytest.raises(ValueError, match="as many"):
        TEXTS.said_by_head(["a"], np.zeros(2), np.ones(1, bool), nothing)
    with pytest.raises(ImportError, match="no beginning"):
        texts.bind({"four": 1})
    assert choose_reader().name == "compiled"


def test_no_word_is_lost_by_what_its_bytes_are():
    words = words_of("Über-Weg «naïve» \ud800x")
    assert TEXTS.find_words(["Über-Weg «naïve» \ud800x"], (), frozenset(words)).tolist() == [
        [len(words)],
        [len(set(words))],
    ]


@needs_proc
def test_reading_texts_gives_back_what_it_took():
    lines = ["The envoy arrives in time", "Подписка на рассылку", "ΟΔΟΣ", "x" * 900] * 10
    head = Said(frozenset(["the envoy arrives in time"]), "the envoy", "a description of it all", "body")

    def read(times: int) -> int:
        for _ in range(times):
            keys, _ = TEXTS.keys_of(lines)
            TEXTS.find_words(lines, GROUPS, frozenset([b"envoy", b"time"]))
            TEXTS.said_by_head(keys, np.full(len(keys), 20.0), np.ones(len(keys), bool), head)
        gc.collect()
        return resident_bytes()

    before = read(300)
    assert read(3_000) - before < 8_000_000

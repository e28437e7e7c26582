"""The compiled reader finds the words and shingles that Python's finds, refuses what is no text and leaks nothing."""

import gc
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from members_builder import made_text

from services.store.core import shingles
from services.store.core.shingles import LOW_CRC, SHINGLE, shingled, shingled_by_python, shingles_of
from services.store.core.words import fold
from tests.compiler import CAN_BUILD

needs_compiled = pytest.mark.skipif(
    not shingles.IS_COMPILED, reason="not built: no C compiler when cleanwire was installed"
)

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)
WORDS = st.lists(st.text("abcйё́_١Ⅳ½ſ々𐐨\U0001d7d8\ud800", min_size=1, max_size=12), max_size=120)


@pytest.mark.skipif(not CAN_BUILD, reason="no C compiler or no Python headers: Python reads, as it should be")
def test_where_a_compiler_is_the_compiled_reader_is_built_and_chosen() -> None:
    assert shingles.IS_COMPILED


@needs_compiled
@settings(deadline=None)
@given(st.one_of(ANY_TEXT, WORDS.map(" ".join), WORDS.map(" — ".join)))
def test_compiled_words_and_shingles_are_those_of_python(text: str) -> None:
    assert shingled(text) == shingled_by_python(text)


@needs_compiled
def test_every_character_is_of_a_word_for_both_or_for_neither() -> None:
    for first in range(0, 0x110000, 0x1000):
        text = "".join(f"{chr(code)}." for code in range(first, first + 0x1000))
        assert shingled(text) == shingled_by_python(text)


@pytest.mark.parametrize("text", [made_text(1, words=900), fold("Ещё раз о «переговорах» в Орше: " * 40)])
def test_an_eighth_of_a_texts_shingles_is_low(text: str) -> None:
    read = shingled(text)
    every = list(shingles_of(read.whole))
    assert read == shingled_by_python(text)
    assert len(every) == read.words - SHINGLE + 1
    assert set(read.low) <= set(every)
    assert LOW_CRC * 8 == 1 << 32


@needs_compiled
@pytest.mark.parametrize("odd", [None, b"bytes", 7])
def test_what_is_no_text_is_refused(odd: object) -> None:
    with pytest.raises(TypeError, match="a folded text is a str"):
        shingled(odd)


@needs_compiled
def test_the_compiled_reader_keeps_nothing() -> None:
    text = made_text(2, words=900)

    def held_after_reading() -> int:
        for _ in range(300):
            shingled(text)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = held_after_reading()
        assert held_after_reading() - before < 50_000  # three hundred texts would be forty times that
    finally:
        tracemalloc.stop()

"""The compiled looks at a page's bytes tell what Python's tell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.reading.reader import choose_reader
from services.normalize.core.reading.source import PYTHON, STRETCH

CHOSEN = choose_reader()
pytestmark = pytest.mark.skipif(CHOSEN.name != "compiled", reason=f"the compiled looks: {CHOSEN.why_not}")

CHARACTERS = st.sampled_from(
    [b"a", b"a" * 63, b"a" * 64, b"<", b"\x00", b"\x7f", "ä".encode(), "中".encode(), "😀".encode(), b"\xc0\x80", b"\xc1\xbf", b"\xe0\x9f\xbf",
     b"\xe0\xa0\x80", b"\xed\x9f\xbf", b"\xed\xa0\x80", b"\xef\xbf\xbf", b"\xf0\x8f\xbf\xbf", b"\xf0\x90\x80\x80", b"\xf4\x8f\xbf\xbf",
     b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xff", b"\xfe", b"\x80", b"\xc3", b"\xe4\xb8", b"\xf0\x9f\x98"]
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.one_of(CHARACTERS, st.binary(max_size=5), st.text(max_size=5).map(str.encode)), max_size=12)
)
def test_both_looks_call_the_same_bytes_utf8(pieces):
    source = b"".join(pieces)
    assert CHOSEN.looks.is_utf8(source) == PYTHON.is_utf8(source)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"\xc2", b"\x80", b"\x9f", b"\xa0", b"\x7f", b"a" * 40, "ä".encode(), "\x92".encode()]
        ),
        max_size=9,
    )
)
def test_both_looks_see_the_same_control_characters(pieces):
    source = b"".join(pieces)
    assert CHOSEN.looks.holds_controls(source) == PYTHON.holds_controls(source)


def test_every_pair_and_every_triple_of_odd_bytes_is_judged_alike():
    starts = [bytes((first, second)) for first in range(0x80, 0x100) for second in range(0x100)]
    odd = starts + [
        start + bytes((last,)) for start in starts[::3] for last in (0x41, 0x7F, 0x80, 0xBF, 0xC0)
    ]
    assert [CHOSEN.looks.is_utf8(one) for one in odd] == [PYTHON.is_utf8(one) for one in odd]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=100), st.just("\ufffd".encode()), st.just(b"\x1fa=<" * 900)), max_size=9
    )
)
def test_both_looks_count_the_same(pieces):
    source = b"".join(pieces)
    assert CHOSEN.looks.count_odd(source) == PYTHON.count_odd(source)
    assert CHOSEN.looks.count_signs(source) == PYTHON.count_signs(source)


PIECES = st.sampled_from(
    ["<", ">", "/", "'", '"', "=", "-", " ", "\n", "\x0b", "\x1c", "a", "A", "ä", "_", "<a b=c", "</", "<script", "<SCRIPT>", "</scrIPT>", "</script",
     "<style ", "</style", "<title-x", "<titles", "<textarea>", "<1", "<!--", "x" * (STRETCH // 2), "y" * STRETCH, " z=1" * STRETCH]
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from([0, 3, 300]))
def test_both_looks_find_the_same_tags(soup, longest):
    source = soup.encode()
    assert CHOSEN.looks.long_tags(source, longest) == PYTHON.long_tags(source, longest)
    assert CHOSEN.looks.tags_without_end(source) == PYTHON.tags_without_end(source)


@pytest.mark.parametrize(
    "look", ["is_utf8", "holds_controls", "count_odd", "count_signs", "tags_without_end"]
)
def test_what_is_no_bytes_is_refused(look):
    with pytest.raises(TypeError, match="bytes"):
        getattr(CHOSEN.looks, look)("text")

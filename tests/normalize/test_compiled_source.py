"""The compiled looks at a page's bytes tell what Python's tell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.reading.compiled import choose_reader
from services.normalize.core.reading.source import PYTHON

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


def test_every_pair_and_every_triple_of_odd_bytes_is_judged_alike():
    starts = [bytes((first, second)) for first in range(0x80, 0x100) for second in range(0x100)]
    odd = starts + [
        start + bytes((last,)) for start in starts[::3] for last in (0x41, 0x7F, 0x80, 0xBF, 0xC0)
    ]
    assert [CHOSEN.looks.is_utf8(one) for one in odd] == [PYTHON.is_utf8(one) for one in odd]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_both_looks_count_the_same_control_characters(sample):
    assert CHOSEN.looks.count_controls(sample) == PYTHON.count_controls(sample)


def test_what_is_no_bytes_is_refused():
    with pytest.raises(TypeError, match="bytes"):
        CHOSEN.looks.is_utf8("text")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="bytes"):
        CHOSEN.looks.count_controls("text")  # type: ignore[arg-type]

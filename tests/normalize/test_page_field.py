"""The binary field of a raw entry: unpacked in one step where it says its size, and never past the limit."""

import pytest
import zstandard

from services.contracts.failures import Unprocessable
from services.normalize.core.reading.page import MAX_PAGE_BYTES
from services.normalize.page_field import unpack_page

SIZED = zstandard.ZstdCompressor()
UNSIZED = zstandard.ZstdCompressor(write_content_size=False)
PAGE = bytes(range(256)) * 40


@pytest.mark.parametrize("packer", [SIZED, UNSIZED])
@pytest.mark.parametrize("page", [PAGE, b"", b"x" * MAX_PAGE_BYTES])
def test_page_comes_out_as_it_went_in(packer: zstandard.ZstdCompressor, page: bytes) -> None:
    assert unpack_page({b"page": packer.compress(page)}) == page


@pytest.mark.parametrize("packer", [SIZED, UNSIZED])
def test_page_above_the_limit_is_refused(packer: zstandard.ZstdCompressor) -> None:
    with pytest.raises(Unprocessable, match="holds more than 12,000,000 bytes"):
        unpack_page({b"page": packer.compress(b"x" * (MAX_PAGE_BYTES + 1))})


@pytest.mark.parametrize("field", [b"", b"<html>no zstd</html>", SIZED.compress(PAGE)[:-9]])
def test_field_that_is_no_whole_zstd_frame_is_refused(field: bytes) -> None:
    with pytest.raises(Unprocessable, match="field 'page' is no zstd data"):
        unpack_page({b"page": field})


def test_entry_without_a_page_is_refused_with_what_it_lacks() -> None:
    with pytest.raises(Unprocessable, match="no field 'page'"):
        unpack_page({b"__data__": b"{}"})


def test_frame_that_lies_about_its_size_is_refused() -> None:
    frame = bytearray(SIZED.compress(b"x" * 1_000))
    frame[5:7] = (MAX_PAGE_BYTES // 2).to_bytes(4, "little")[:2]
    with pytest.raises(Unprocessable):
        unpack_page({b"page": bytes(frame)})

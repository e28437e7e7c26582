"""The page of an `articles.raw` entry: the binary field, decompressed within bounds."""

import zstandard

from services.contracts.failures import Unprocessable
from services.contracts.streams import PAGE_FIELD
from services.normalize.core.reading.page import MAX_PAGE_BYTES

MAX_WINDOW = 32 * 1024 * 1024  # what a frame may ask the decoder to hold; level 3 needs 2 MiB


def unpack_page(fields: dict[bytes, bytes]) -> bytes:
    """The page's bytes. Raises Unprocessable: no such field, no zstd, or more than MAX_PAGE_BYTES."""
    packed = fields.get(PAGE_FIELD.encode())
    if packed is None:
        raise Unprocessable(
            f"the entry has no field {PAGE_FIELD!r}; the page in zstd must stand beside the envelope"
        )
    try:
        page = _unpacked(packed)
    except zstandard.ZstdError as error:
        raise Unprocessable(f"field {PAGE_FIELD!r} is no zstd data: {error}") from None
    if page is None or len(page) > MAX_PAGE_BYTES:
        raise Unprocessable(f"field {PAGE_FIELD!r} holds more than {MAX_PAGE_BYTES:,} bytes")
    return page


def _unpacked(packed: bytes) -> bytes | None:
    """In one step where the frame says how much it holds, which ingest's do; None where it says too much."""
    decoder = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
    size = zstandard.frame_content_size(packed)
    if size > MAX_PAGE_BYTES:
        return None
    if size >= 0:
        return decoder.decompress(packed)
    with decoder.stream_reader(packed) as reader:
        return reader.read(MAX_PAGE_BYTES + 1)

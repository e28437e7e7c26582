"""Content codings undone under a limit: a bomb ends as a value, never as memory."""

import io
import zlib
from dataclasses import dataclass

import brotli
import zstandard

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
STEP = 64 * 1024
ZSTD_WINDOW = 8 * 1024 * 1024  # RFC 9659: what a zstd decoder on the web must accept, and no more
MAX_CODINGS = 3


@dataclass(frozen=True)
class TooLarge:
    """The decoded body passes the limit."""

    limit: int


@dataclass(frozen=True)
class Broken:
    """The body is not what its Content-Encoding says."""

    detail: str


def decoded_body(body: bytes, content_encoding: str, limit: int) -> bytes | TooLarge | Broken:
    """`body` with every listed coding undone, last one first, never holding more than `limit` bytes of output."""
    codings = [name.strip().lower() for name in content_encoding.split(",") if name.strip()]
    codings = [name for name in codings if name != "identity"]
    if len(codings) > MAX_CODINGS:
        return Broken(f"{len(codings)} content codings one inside the other")
    for coding in reversed(codings):
        result = _undone(body, coding, limit)
        if not isinstance(result, bytes):
            return result
        body = result
    return body if len(body) <= limit else TooLarge(limit)


def _undone(body: bytes, coding: str, limit: int) -> bytes | TooLarge | Broken:
    if not body:
        return body
    try:
        match coding:
            case "gzip" | "x-gzip":
                return _inflated(body, 16 + zlib.MAX_WBITS, limit)
            case "deflate":
                return _inflated(body, _deflate_bits(body), limit)
            case "br":
                return _unbrotlied(body, limit)
            case "zstd":
                return _unzstded(body, limit)
    except (zlib.error, brotli.error, zstandard.ZstdError) as problem:
        return Broken(f"declared {coding}: {problem}")
    return Broken(f"content coding {coding!r} is not one of {ACCEPT_ENCODING}")


def _inflated(body: bytes, window_bits: int, limit: int) -> bytes | TooLarge | Broken:
    """Undo zlib or gzip, several gzip members included; a body cut short is kept from being taken for whole."""
    pieces, size = [], 0
    while body:
        step = zlib.decompressobj(window_bits)
        piece = step.decompress(body, limit - size + 1)
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            return TooLarge(limit)
        if not step.eof:
            return Broken("compressed body ends early")
        # Zero padding after the last member is common and means nothing.
        body = step.unused_data.lstrip(b"\0") if window_bits > zlib.MAX_WBITS else b""
    return b"".join(pieces)


def _deflate_bits(body: bytes) -> int:
    """Some servers send raw deflate where the standard wants zlib: tell them apart by the zlib header."""
    has_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS


def _unbrotlied(body: bytes, limit: int) -> bytes | TooLarge | Broken:
    decoder = brotli.Decompressor()
    pieces = [decoder.process(body, output_buffer_limit=STEP)]
    size = len(pieces[0])
    while not decoder.is_finished():
        piece = decoder.process(b"", output_buffer_limit=STEP)
        if not piece:
            return Broken("compressed body ends early")
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            return TooLarge(limit)
    return b"".join(pieces)


def _unzstded(body: bytes, limit: int) -> bytes | TooLarge | Broken:
    decoder = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    with decoder.stream_reader(io.BytesIO(body), read_across_frames=True) as reader:
        pieces, size = [], 0
        while piece := reader.read(STEP):
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                return TooLarge(limit)
    return b"".join(pieces)

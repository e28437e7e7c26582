"""Answers that no decent server gives."""

import asyncio
import gzip
import socket
import struct
import zlib
from dataclasses import dataclass

import brotli
import zstandard

from tests.web.site import Answer, Seen, head_of

ZEROS = bytes(60 * 1024 * 1024)
BOMBS = {
    "gzip": lambda: gzip.compress(ZEROS, 6),
    "deflate": lambda: zlib.compress(ZEROS, 6),
    "br": lambda: brotli.compress(ZEROS, quality=5),
    "zstd": lambda: zstandard.compress(ZEROS, 3),
}


def raw(*pieces: bytes, pause_s: float = 0.0, hold_s: float = 0.0) -> Answer:
    """Exactly these bytes, perhaps slowly, perhaps with the connection held open after."""

    async def answer(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)
        await asyncio.sleep(hold_s)

    return answer


async def reset(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    """RST instead of an answer."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def drip(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    """One byte of the body at a time, for ever: no single read ever times out."""
    writer.write(head_of(200, {"content_length": "100000"}))
    for _byte in range(2000):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def hang(_seen: Seen, _writer: asyncio.StreamWriter) -> None:
    """Takes the request and says nothing."""
    await asyncio.sleep(30)


async def header_flood(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    """Headers without end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200_000):
        writer.write(b"x-%d: %s\r\n" % (number, b"y" * 100))
        await writer.drain()


async def many_headers(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    """A well-formed answer with 80 KiB of headers."""
    writer.write(head_of(200, {"content_length": "2", **{f"x_{n}": "y" * 1000 for n in range(80)}}) + b"ok")


async def endless_chunks(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    """A chunked body without end."""
    writer.write(head_of(200, {"transfer_encoding": "chunked"}))
    for _chunk in range(20_000):
        writer.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        await writer.drain()


HTTP2_SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
HTTP2_GOAWAY = b"\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"


async def http2_only(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    """A server that speaks HTTP/2 only: SETTINGS, then GOAWAY with PROTOCOL_ERROR for what is no preface (RFC 9113, 3.4)."""
    writer.write(HTTP2_SETTINGS + HTTP2_GOAWAY)
    await writer.drain()


@dataclass
class EndlessFeed:
    """A feed of 200 MB that tells no length; counts the megabytes that were taken from it."""

    sent_mb: int = 0

    async def __call__(self, _seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head_of(200, {"transfer_encoding": "chunked", "content_type": "application/rss+xml"}))
        item = b"<item><title>x</title><link>http://a.example/x</link></item>"
        piece = (b'<rss version="2.0"><channel>' + item * 20_000)[:1_000_000]
        for _megabyte in range(200):
            writer.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
            await writer.drain()
            self.sent_mb += 1


def bomb(coding: str) -> Answer:
    """60 MiB of zeros as a small compressed body."""
    body = BOMBS[coding]()
    return raw(head_of(200, {"content_encoding": coding, "content_length": str(len(body))}) + body)


def redirect(location: str, status: int = 302) -> Answer:
    """A redirect."""
    return raw(head_of(status, {"location": location, "content_length": "0"}))


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {name} "{("&" + prior + ";") * 10}">'
        for prior, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + ']><rss version="2.0"><channel><title>&j;</title><item><title>&j;</title><link>https://example.org/laugh</link>'
    "</item></channel></rss>"
)

EXTERNAL_ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY secret SYSTEM "{target}">]><rss version="2.0"><channel>'
    "<title>x</title><item><title>before &secret; after</title><link>https://example.org/xxe</link></item></channel></rss>"
)

CHALLENGE = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>"
    '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>'
    "<noscript>Enable JavaScript and cookies to continue</noscript></body></html>"
)

"""From bytes to text: what a page is made of, and in which encoding it is written.

Order of evidence for the encoding: byte order mark; valid UTF-8 (a page in another encoding is practically never
valid UTF-8 by accident); the HTTP header; the page's own declaration; statistics over a sample.
"""

import codecs
import json
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from services.normalize.core.rejections import Rejection

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Longest first: the UTF-32 mark begins with the UTF-16 one."""

WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
}
"""Declared name → the superset that browsers really use (WHATWG Encoding Standard)."""

DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
DECLARATION_BYTES = (
    4096  # HTML asks for the declaration within 1,024 bytes; comments push it down on real pages
)
SAMPLE_BYTES = 20_000  # statistics need no more, and cost grows with the sample
WRONG_SHARE = 0.01  # more replacement characters than this: the declaration is wrong

MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a WebP image or other RIFF file"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 file"),
    (b"\x00\x00\x00\x18ftyp", "an MP4 file"),
    (b"\x00\x00\x00\x20ftyp", "an MP4 file"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
)
CONTROLS = bytes((*range(9), *range(14, 32), 127))
BLANKS = "\x00\ufeff \t\r\n\x0b\x0c"
MAX_CONTROL_SHARE = 0.1  # text holds next to none; binary data about a third


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text without surrogates or NULs; `source` is what the parser takes: its bytes where they are UTF-8."""

    text: str
    source: bytes | str


def decode_page(page: bytes, content_type: str | None) -> Decoded | Rejection:
    """The page's text, or why it is none (PDF, image, JSON, zeros …)."""
    head = page[:64].lstrip()
    for magic, what in MAGIC:
        if head.startswith(magic):
            return Rejection("not text", f"{what}, by its first bytes")
    text, is_utf8 = _decoded(page, content_type or "")
    refused = _refused(page, text)
    if refused is not None:
        return refused
    if b"\x00" in page if is_utf8 else "\x00" in text:  # in bytes at a tenth of the cost
        text, is_utf8 = text.replace("\x00", ""), False
    return Decoded(text, page if is_utf8 else text)


def _refused(page: bytes, text: str) -> Rejection | None:
    sample = text[:SAMPLE_BYTES]
    if not sample.strip(BLANKS) and not text.strip(BLANKS):
        return Rejection(
            "not text", "the page is empty" if not page.strip() else "nothing but zeros or blanks"
        )
    if _controls(sample) > MAX_CONTROL_SHARE * len(sample):
        return Rejection("not text", "more than a tenth of it are control characters: binary data")
    return Rejection("not text", "a JSON document") if _is_json(text) else None


def _controls(sample: str) -> int:
    """How many characters are control characters or stand for undecodable bytes."""
    raw = sample.encode("utf-8", "replace")
    return sample.count("\ufffd") + len(raw) - len(raw.translate(None, CONTROLS))


def _decoded(page: bytes, content_type: str) -> tuple[str, bool]:
    """The text, and whether it is the page's bytes read as UTF-8."""
    for bom, encoding in BOMS:
        if page.startswith(bom):
            return page[len(bom) :].decode(encoding, "replace"), False
    try:
        return page.decode("utf-8"), True
    except UnicodeDecodeError:
        return _in_other_encoding(page, content_type), False


def _in_other_encoding(page: bytes, content_type: str) -> str:
    for name in _declared_encodings(page, content_type):
        text = _try(page, name)
        if text is not None:
            return text
    return _guessed(page)


def _declared_encodings(page: bytes, content_type: str) -> list[str]:
    found = HEADER.findall(content_type) + [
        name.decode("ascii") for name in DECLARED.findall(page[:DECLARATION_BYTES])
    ]
    return [WIDER.get(name.lower(), name.lower()) for name in found]


def _try(page: bytes, encoding: str) -> str | None:
    """The text if the named encoding is known and fits the bytes."""
    try:
        text = page.decode(encoding, "replace")
    except (LookupError, UnicodeError, ValueError):
        return None
    wrong = text.count("\ufffd")
    return None if wrong > WRONG_SHARE * len(text) + 5 else text.encode("utf-8", "replace").decode("utf-8")


def _guessed(page: bytes) -> str:
    best = from_bytes(page[:SAMPLE_BYTES]).best()
    text = _try(page, best.encoding) if best is not None else None
    return text if text is not None else page.decode("utf-8", "replace")


def _is_json(text: str) -> bool:
    head = text[:200].lstrip("\ufeff \t\r\n")
    if not head or head[0] not in "{[" or "<" in head:
        return False
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return head[:2] in ('{"', "[{", '["') and text.count('":') > len(text) / 200

"""From a page's bytes to UTF-8: what it is made of, and in which encoding it is written.

Order of evidence for the encoding: byte order mark; valid UTF-8 (a page in another encoding is practically never
valid UTF-8 by accident, but one, or parts of it, may have been encoded twice); the HTTP header; the page's own declaration; statistics over a sample.
"""

import codecs
import json
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from services.normalize.core.reading.by_language import encoding_by_language
from services.normalize.core.reading.mending import mended
from services.normalize.core.reading.source import PYTHON, SourceLooks
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
NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
DECLARATION_BYTES = (
    4096  # HTML asks for the declaration within 1,024 bytes; comments push it down on real pages
)
LONGEST_DECLARATION = 64  # bytes, of which 40 are the name
SAMPLE_BYTES = 20_000  # statistics need no more, and cost grows with the sample
TAKEN_FOR = ("latin-1", "iso8859-15", "cp1252")
"""What a page in another encoding may have been taken for on its way, the strictest first: only one holds all its letters."""
IN_RUNS = 0.9  # of the letters beyond ASCII stand side by side where bytes became letters; in Western text hardly any do
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
UTF_8 = ("utf-8", "utf8")
BLANKS = "\x00\ufeff \t\r\n\x0b\x0c"
BLANK_BYTES = BLANKS.encode()
WIDEST = 4  # bytes of a character
JSON_HEAD = 200  # bytes in which JSON begins and no tag does
MAX_CONTROL_SHARE = 0.1  # text holds next to none; binary data about a third


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page as the parser takes it: UTF-8 without NULs."""

    source: bytes

    @property
    def text(self) -> str:
        """The source as text, made anew at each call: most pages never need it."""
        return self.source.decode()


def decode_page(page: bytes, content_type: str | None, looks: SourceLooks = PYTHON) -> Decoded | Rejection:
    """The page in UTF-8, or why it is no text (PDF, image, JSON, zeros …)."""
    head = page[:64].lstrip()
    for magic, what in MAGIC:
        if head.startswith(magic):
            return Rejection("not text", f"{what}, by its first bytes")
    source = _in_utf8(page, content_type or "", looks)
    return _refused(page, source, looks) or Decoded(source.replace(b"\x00", b""))


def _refused(page: bytes, source: bytes, looks: SourceLooks) -> Rejection | None:
    sample = source[:SAMPLE_BYTES]
    if not sample.strip(BLANK_BYTES) and not source.decode().strip(BLANKS):
        return Rejection(
            "not text", "the page is empty" if not page.strip() else "nothing but zeros or blanks"
        )
    odd = looks.count_odd(sample)
    limit = MAX_CONTROL_SHARE * len(sample) / WIDEST
    if odd > limit and odd > MAX_CONTROL_SHARE * len(_head(source, SAMPLE_BYTES)):
        return Rejection("not text", "more than a tenth of it are control characters: binary data")
    return Rejection("not text", "a JSON document") if _is_json(source) else None


def _head(source: bytes, length: int) -> str:
    """The text of the first bytes, without a character that is cut there."""
    return source[:length].decode("utf-8", "ignore")


def _in_utf8(page: bytes, content_type: str, looks: SourceLooks) -> bytes:
    for bom, encoding in BOMS:
        if page.startswith(bom):
            return page[len(bom) :].decode(encoding, "replace").encode()
    if not looks.is_utf8(page):
        return _in_other_encoding(page, content_type).encode()
    once = _encoded_once(page)
    return mended(once) if looks.holds_controls(once) else once


def _encoded_once(page: bytes) -> bytes:
    """The page, which is UTF-8; of one that was encoded twice, what it was before.

    A page in GBK that is taken for Latin text and then put into UTF-8 holds a Latin letter for each of its bytes, and
    still declares GBK.
    """
    head = page[:DECLARATION_BYTES]
    at = head.lower().find(b"charset")  # at a hundredth of the expression's cost
    declared = _declared_encodings(head[at : at + LONGEST_DECLARATION], "") if at >= 0 else []
    if not declared or declared[0] in UTF_8:
        return page
    text = page.decode()
    for taken_for in TAKEN_FOR:
        try:
            was = _try(text.encode(taken_for), declared[0])
        except UnicodeEncodeError:
            continue
        return was.encode() if was is not None and _stands_in_runs(text) else page
    return page


def _stands_in_runs(text: str) -> bool:
    """Whether nearly all letters beyond ASCII have another one beside them."""
    runs = [len(run) for run in NOT_ASCII.findall(text)]
    return sum(run for run in runs if run > 1) > IN_RUNS * sum(runs)


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
    if wrong and encoding in UTF_8 and wrong > sum(map(len, NOT_ASCII.findall(text))) / 2:
        return None  # hardly a letter beyond ASCII is one: the page was never in UTF-8
    return None if wrong > WRONG_SHARE * len(text) + 5 else text.encode("utf-8", "replace").decode("utf-8")


def _guessed(page: bytes) -> str:
    """By the language that the page says it is in, else by statistics."""
    by_language = encoding_by_language(page, SAMPLE_BYTES)
    if by_language is not None:
        return page.decode(by_language, "replace")
    best = from_bytes(page[:SAMPLE_BYTES]).best()
    text = _try(page, best.encoding) if best is not None else None
    return text if text is not None else page.decode("utf-8", "replace")


def _is_json(source: bytes) -> bool:
    head = _head(source, JSON_HEAD).lstrip("\ufeff \t\r\n")
    if not head or head[0] not in "{[" or "<" in head:
        return False
    text = source.decode()
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return head[:2] in ('{"', "[{", '["') and text.count('":') > len(text) / 200

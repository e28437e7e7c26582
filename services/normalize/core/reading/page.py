"""A page's facts, read once: its head, its JSON-LD, its blocks. What they mean is decided elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from selectolax.lexbor import LexborHTMLParser

from services.normalize.core.reading.blocks import Element, PageBlock
from services.normalize.core.reading.decode import Decoded, decode_page
from services.normalize.core.reading.hostile import refuse_hostile
from services.normalize.core.reading.json_ld import read_json_ld
from services.normalize.core.reading.plain_text import blocks_of_lines
from services.normalize.core.reading.reader import SHIPPED, Reader
from services.normalize.core.rejections import Rejection

PageKind = Literal["html", "text"]

MAX_PAGE_BYTES = 12_000_000
MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|meta|title|div|p|article|section|table|span|a|h1|script)[\s>]", re.I
)
SNIFFED_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Page:
    """One page, parsed once; of scripts and styles other than JSON-LD the tree may lack the text.

    `metas` maps a meta element's property, name or itemprop in lower case to its content, the first one winning;
    `source` is the page in UTF-8; `elements` are the block-level elements, the root first; `reader` is
    what read it and what counts in it.
    """

    kind: PageKind
    url: str
    tree: LexborHTMLParser | None
    json_ld: tuple[dict[str, Any], ...]
    metas: Mapping[str, str]
    title_tag: str | None
    canonical_link: str | None
    html_lang: str | None
    source: bytes = field(repr=False)
    blocks: tuple[PageBlock, ...]
    elements: tuple[Element, ...] = field(default=(), repr=False)
    reader: Reader = field(default=SHIPPED, repr=False)

    @property
    def text(self) -> str:
        """The whole source as text, made anew at each call: few pages need it."""
        return self.source.decode()


def read_page(
    page: bytes, url: str = "", content_type: str | None = None, reader: Reader = SHIPPED
) -> Page | Rejection:
    """Decode, parse and walk a page; a Rejection if it is no text at all, or markup made to be slow."""
    if len(page) > MAX_PAGE_BYTES:
        return Rejection("not text", f"{len(page):,} bytes; at most {MAX_PAGE_BYTES:,} are read")
    decoded = decode_page(page, content_type, reader.looks)
    if isinstance(decoded, Rejection):
        return decoded
    if _kind_of(decoded.source, content_type or "") == "text":
        return _text_page(decoded, url, reader)
    return refuse_hostile(decoded.source, reader.looks) or _html_page(decoded, url, reader)


def _kind_of(source: bytes, content_type: str) -> PageKind:
    """HTML by its header or its tags; a header that says text/plain is believed."""
    if content_type.lower().startswith("text/plain"):
        return "text"
    if "html" in content_type.lower() or MARKUP.search(source, 0, SNIFFED_BYTES):
        return "html"
    return "text"


def _text_page(decoded: Decoded, url: str, reader: Reader) -> Page:
    elements, blocks = blocks_of_lines(decoded.text)
    return Page(
        "text", url, None, (), {}, None, None, None, decoded.source, tuple(blocks), tuple(elements), reader
    )


def _html_page(decoded: Decoded, url: str, reader: Reader) -> Page:
    tree = reader.parse_page(decoded.source)
    elements, blocks = reader.cut_blocks(tree)
    head = reader.read_head(tree)
    return Page(
        kind="html",
        url=url,
        tree=tree,
        json_ld=read_json_ld(head.scripts),
        metas=head.metas,
        title_tag=" ".join((head.title or "").split()) or None,
        canonical_link=head.canonical,
        html_lang=head.lang,
        source=decoded.source,
        blocks=tuple(blocks),
        elements=tuple(elements),
        reader=reader,
    )

"""From a page in UTF-8 to the parser's tree."""

from collections.abc import Callable

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

ParsePage = Callable[[bytes], LexborHTMLParser]
EMPTY = b"<!doctype html>"  # without a type an empty document would be in quirks mode, and stay so


def parse_page(source: bytes) -> LexborHTMLParser:
    """The page's tree as browsers have it, scripts not run."""
    return LexborHTMLParser(source, options=LexborDocumentOptions.WO_EVENTS)


def parse_otherwise(source: bytes, parse: Callable[[int, bytes], None]) -> LexborHTMLParser:
    """The same tree with less text in its scripts and styles: `parse` fills the document at an address; the whole tree where it cannot."""
    tree = parse_page(EMPTY)
    document = tree.root.parent if tree.root is not None else None
    if document is None:
        return parse_page(source)
    try:
        parse(document.mem_id, source)
    except ValueError:
        return parse_page(source)
    return tree

"""What a page says of itself outside its text: title, canonical link, language, meta elements, JSON-LD scripts."""

from collections.abc import Callable
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser


class Head(NamedTuple):
    """`title` as written; `metas` maps a property, name or itemprop in lower case to its content, the first one winning."""

    title: str | None
    canonical: str | None
    lang: str | None
    metas: dict[str, str]
    scripts: list[str]


ReadHead = Callable[[LexborHTMLParser], Head]


def read_head(tree: LexborHTMLParser) -> Head:
    """Ask the parser for each; wherever on the page they stand."""
    title = tree.css_first("title")
    canonical = tree.css_first('link[rel~="canonical"]')
    html = tree.css_first("html")
    return Head(
        (title.text() or "") if title is not None else None,
        canonical.attributes.get("href") if canonical is not None else None,
        html.attributes.get("lang") if html is not None else None,
        _metas(tree),
        [script.text() or "" for script in tree.css('script[type^="application/ld+json"]')],
    )


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.css("meta"):
        attributes = meta.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = attributes.get("content")
        if name and content:
            found.setdefault(name.lower(), content)
    return found

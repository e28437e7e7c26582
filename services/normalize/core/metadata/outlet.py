"""Which outlet a page names as its publisher; None where it names none."""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from services.normalize.core.metadata.article_object import JsonObject, first_text
from services.normalize.core.reading.page import Page
from services.normalize.core.words.plain_words import squeezed, tidy

NAME_METAS = ("og:site_name", "application-name", "apple-mobile-web-app-title", "dc.publisher", "publisher")
PUBLISHED_BY = re.compile(
    r"(?:Published by|Издатель|Выдавец|Видавець|Wydawca|Leidėjas)\s?:?\s+(?P<name>[^|\n]{3,80})"
)
EMAIL_DOMAIN = re.compile(r"[\w.+-]{1,64}@([\w-]{1,63})\.[a-z]{2,}", re.IGNORECASE)
LONGEST_NAME = 80


def read_outlet(page: Page, articles: Sequence[JsonObject]) -> str | None:
    """The outlet's name: Open Graph, then JSON-LD's publisher, then the page's own words ("Published by …")."""
    return _from_head(page, articles) or _from_words(page)


@lru_cache(maxsize=16)  # a page's URL is asked for several times in a row
def host_of(url: str) -> str:
    """The host of a URL in lower case; empty where `url` is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def host_label(url: str) -> str:
    """The part of the host a site is named by: `https://www.the-sun.co.uk/x` → `thesun`."""
    host = host_of(url)
    labels = [label for label in host.split(".") if label not in {"www", "m", "amp", "mobile", "edition"}]
    while len(labels) > 1 and (len(labels[-1]) <= 3 or labels[-1] in {"info", "news", "media", "online"}):
        labels.pop()
    return labels[-1].replace("-", "") if labels else ""


def _from_head(page: Page, articles: Sequence[JsonObject]) -> str | None:
    named = [page.metas[name] for name in NAME_METAS[:1] if page.metas.get(name)]
    named += [name for one in articles if (name := first_text(one.get("publisher")))]
    named += [page.metas[name] for name in NAME_METAS[1:] if page.metas.get(name)]
    return next((tidy(name) for name in named if 1 < len(name.strip()) <= LONGEST_NAME), None)


def _from_words(page: Page) -> str | None:
    """What a page without a head says: "Published by X", an address at a domain that a line spells out, "© 2025 X"."""
    for block in page.blocks:
        hit = PUBLISHED_BY.match(block.text) if len(block.text) < LONGEST_NAME else None
        if hit:
            return tidy(hit["name"])
    return _named_by_email(page)


def _named_by_email(page: Page) -> str | None:
    """The line that spells the domain of the page's own address: `info@devdiscourse.com` and `Devdiscourse`."""
    if page.kind != "text" or "@" not in page.text:
        return None
    domains = {domain.replace("-", "").casefold() for domain in EMAIL_DOMAIN.findall(page.text[-20_000:])}
    for block in page.blocks:
        if len(block.text) <= LONGEST_NAME and squeezed(block.text) in domains:
            return tidy(block.text)
    return None

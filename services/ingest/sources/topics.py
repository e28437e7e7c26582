"""Reads the names and queries of the topic profiles; how an article is scored is no business of ingest."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from services.ingest.core.topic_names import TopicNames, topic_names
from services.ingest.sources.catalogue import Catalogue, Listing, listing_id_of
from services.runtime.settings import SettingsError

QUERY = "{query}"


def read_topics(folder: Path) -> tuple[TopicNames, ...]:
    """The topics of a folder of profiles. Raises SettingsError naming the file that cannot be read."""
    if not folder.is_dir():
        raise SettingsError(
            f"CLEANWIRE_TOPICS_DIR is {str(folder)!r}: no such folder; it must hold *.toml profiles"
        )
    return tuple(_read(path) for path in sorted(folder.glob("*.toml")))


def with_searches(catalogue: Catalogue, topics: Sequence[TopicNames]) -> Catalogue:
    """The catalogue with each search whose URL has `{query}` made into one listing per query of its language."""
    listings: dict[str, Listing] = {}
    for listing in catalogue.listings.values():
        for one in _expanded(listing, topics) if QUERY in listing.url else [listing]:
            listings[one.listing_id] = one
    return Catalogue(listings)


def _read(path: Path) -> TopicNames:
    try:
        profile: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        groups = profile.get("groups", {}).values()
        terms = [term for group in groups for key in ("terms", "exact") for term in group.get(key, ())]
        return topic_names(str(profile.get("name", path.stem)), terms, profile.get("queries", {}))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError, TypeError) as problem:
        raise SettingsError(f"topic profile {path}: {problem}") from None


def _expanded(listing: Listing, topics: Sequence[TopicNames]) -> list[Listing]:
    queries = [query for topic in topics for query in topic.queries.get(listing.source.language, ())]
    urls = [listing.url.replace(QUERY, quote_plus(query)) for query in dict.fromkeys(queries)]
    return [
        replace(listing, url=url, listing_id=listing_id_of(listing.source.name, listing.kind, url))
        for url in urls
    ]

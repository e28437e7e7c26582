"""Which outlets are followed and where their lists are, as the sources file names them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from services.contracts.messages import FetchKind, Source


@dataclass(frozen=True)
class Listing:
    """One place where an outlet lists its articles. `links` is a pattern of article links, `poll_s` a fixed pace.

    `hosts` are further hosts on which the outlet's pages stand.
    """

    listing_id: str
    source: Source
    kind: FetchKind
    url: str
    fallback: bool = False
    poll_s: float | None = None
    links: str | None = None
    muted: bool = False
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """All listings of the sources file, by id."""

    listings: Mapping[str, Listing]

    def of_request(self, source: Source | None, kind: str, url: str) -> Listing | None:
        """The listing a request speaks of, if the file has it."""
        return self.listings.get(listing_id_of(source.name, kind, url)) if source else None

    def of_source(self, name: str) -> tuple[Listing, ...]:
        """The listings of one source, in the file's order."""
        return tuple(listing for listing in self.listings.values() if listing.source.name == name)


def listing_id_of(source: str, kind: str, url: str) -> str:
    """The identity of a listing: it keeps its state as long as name, kind and URL stay."""
    return hashlib.sha256(f"{source}\n{kind}\n{url}".encode()).hexdigest()[:16]

"""Whose page a URL is: the hosts of the sources file, so that a page nobody named a source for still has its outlet."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.contracts.messages import Source
from services.ingest.sources.catalogue import Listing

ELSEWHERE = frozenset({"search", "telegram"})
"""Kinds of list that stand on somebody else's host."""
FEED_LABELS = frozenset({"www", "m", "mobile", "amp", "feed", "feeds", "rss"})


@dataclass(frozen=True)
class Site:
    """Where one source's pages stand; `path` is that of its list, which tells two sources of one host apart."""

    path: tuple[str, ...]
    source: Source


class OutletSites:
    """Knows the source of a page by its host: the host of one of its lists, one of its `hosts`, or a subdomain."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._by_host: dict[str, list[Site]] = {}
        for listing in listings:
            urls = [] if listing.kind in ELSEWHERE else [listing.url]
            for url in [*urls, *(f"https://{host}/" for host in listing.hosts)]:
                site = Site(_segments(url), listing.source)
                self._by_host.setdefault(_site_host(url), []).append(site)

    def source_of(self, url: str) -> Source | None:
        """The source whose site the URL is on; None where no source is, or several outlets with equal right."""
        sites = next((self._by_host[host] for host in _domains(_site_host(url)) if host in self._by_host), [])
        asked = _segments(url)
        depths = [_shared(site.path, asked) for site in sites]
        best = [site.source for site, depth in zip(sites, depths, strict=True) if depth == max(depths)]
        return best[0] if len({source.outlet for source in best}) == 1 else None


def _site_host(url: str) -> str:
    """The host without what only says that it serves feeds or phones; with its port, where it has one of its own."""
    labels = urlsplit(url).netloc.rpartition("@")[2].lower().split(".")
    while len(labels) > 2 and labels[0] in FEED_LABELS:
        labels = labels[1:]
    return ".".join(labels)


def _domains(host: str) -> Iterable[str]:
    """The host and the domains above it, the nearest first."""
    labels = host.split(".")
    return (".".join(labels[start:]) for start in range(max(len(labels) - 1, 1)))


def _segments(url: str) -> tuple[str, ...]:
    return tuple(urlsplit(url).path.strip("/").split("/"))


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many segments two paths have in common from their beginning."""
    count = 0
    for ours, theirs in zip(one, other, strict=False):
        if ours != theirs:
            break
        count += 1
    return count

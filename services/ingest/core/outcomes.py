"""What can come of one request to the web: every case a value with a name, none an exception."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fetched:
    """A page came: `body` is decoded (no content coding left) and within the limits; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    wire_bytes: int = 0


@dataclass(frozen=True)
class NotModified:
    """304: nothing new since the validators that were sent."""

    headers: Mapping[str, str]


@dataclass(frozen=True)
class Redirected:
    """The server points elsewhere; `location` is absolute."""

    location: str
    permanent: bool
    status: int


@dataclass(frozen=True)
class Gone:
    """404 or 410."""

    status: int


@dataclass(frozen=True)
class Throttled:
    """429 or 503: the host wants rest, `retry_after_s` as it said, None where it said nothing readable."""

    status: int
    retry_after_s: float | None


@dataclass(frozen=True)
class Refused:
    """It must not be fetched, or not be taken as it came: a rule of ours or a no of the server's."""

    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Failed:
    """It could not be fetched; `retry` where another attempt may well succeed."""

    reason: str
    detail: str = ""
    retry: bool = True


FetchOutcome = Fetched | NotModified | Redirected | Gone | Throttled | Refused | Failed


@dataclass(frozen=True)
class Limits:
    """The bounds of one exchange: seconds and bytes."""

    total_s: float = 25.0
    first_byte_s: float = 12.0
    header_bytes: int = 64 * 1024
    wire_bytes: int = 5 * 1024 * 1024
    body_bytes: int = 10 * 1024 * 1024
    content_types: frozenset[str] = field(default_factory=frozenset)


PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
FEED_TYPES = PAGE_TYPES | {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
    "application/xml",
    "text/xml",
    "text/x-rss",
    "application/x-rss+xml",
}
SITEMAP_TYPES = FEED_TYPES | {"application/gzip", "application/x-gzip", "application/octet-stream"}

ARTICLE_LIMITS = Limits(content_types=PAGE_TYPES)
FEED_LIMITS = Limits(content_types=FEED_TYPES)
# A sitemap holds up to 50,000 URLs and may be 50 MB by its specification; a news sitemap stays under 1,000.
SITEMAP_LIMITS = Limits(wire_bytes=10 * 1024 * 1024, body_bytes=50 * 1024 * 1024, content_types=SITEMAP_TYPES)
# RFC 9309: at least 500 KiB of a robots.txt must be read.
ROBOTS_LIMITS = Limits(total_s=15.0, wire_bytes=512 * 1024, body_bytes=512 * 1024)

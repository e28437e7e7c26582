"""Sitemaps read into entries: URL sets, news sitemaps, indexes, text lists and robots.txt. Streams; no DOCTYPE is let in."""

from dataclasses import dataclass, field
from urllib.parse import urljoin
from xml.parsers import expat

from services.ingest.core.encodings import decoded_body
from services.ingest.core.entries import ListedEntry
from services.ingest.core.listed import Listed, Unreadable
from services.ingest.core.outcomes import SITEMAP_LIMITS
from services.ingest.listings.feeds import iso_moment, plain_text

MAX_URLS = 50_000  # what the sitemaps protocol allows in one file
MAX_FIELD = 4000
GZIP = b"\x1f\x8b"


class _Doctype(Exception):
    """A sitemap has no use for entities; who brings a DOCTYPE brings a bomb."""


class _Enough(Exception):
    """More URLs than a sitemap may have."""


@dataclass
class _Collector:
    """Gathers `url` and `sitemap` rows as the parser meets them; only the local names of elements count."""

    base: str
    urls: list[ListedEntry] = field(default_factory=list)
    children: list[ListedEntry] = field(default_factory=list)
    root: str = ""
    _row: dict[str, str] = field(default_factory=dict)
    _text: list[str] = field(default_factory=list)

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        local = _local(name)
        self.root = self.root or local
        if local in ("url", "sitemap"):
            self._row = {}
        self._text = []

    def characters(self, text: str) -> None:
        if len(self._text) < 200:
            self._text.append(text)

    def end(self, name: str) -> None:
        local = _local(name)
        if local in ("url", "sitemap"):
            self._close_row(self.urls if local == "url" else self.children)
        else:
            self._row.setdefault(_qualified(name), "".join(self._text).strip()[:MAX_FIELD])

    def _close_row(self, rows: list[ListedEntry]) -> None:
        url = _joined(self.base, self._row.get("loc", ""))
        if url:
            rows.append(
                ListedEntry(
                    url=url,
                    title=plain_text(self._row.get("news:title")),
                    published=iso_moment(self._row.get("news:publication_date")),
                    updated=iso_moment(self._row.get("lastmod")),
                )
            )
        if len(rows) >= MAX_URLS:
            raise _Enough


def parse_sitemap(body: bytes, url: str, _content_type: str = "") -> Listed | Unreadable:
    """The entries of a sitemap, or of an index the further sitemaps as `children`; a cut-off file gives what it has."""
    if body.startswith(GZIP):
        unpacked = decoded_body(body, "gzip", SITEMAP_LIMITS.body_bytes)
        if not isinstance(unpacked, bytes):
            return Unreadable("bomb" if "Large" in type(unpacked).__name__ else "broken gzip")
        body = unpacked
    stripped = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not stripped:
        return Unreadable("empty", f"{len(body)} bytes")
    return _xml_sitemap(stripped, url) if stripped.startswith(b"<") else _text_sitemap(stripped, url)


def _xml_sitemap(body: bytes, url: str) -> Listed | Unreadable:
    collector = _Collector(url)
    problem = _parsed_into(collector, body)
    if collector.root not in ("urlset", "sitemapindex"):
        return Unreadable("html" if collector.root.lower() == "html" else "not a sitemap", problem)
    if problem and not (collector.urls or collector.children):
        return Unreadable("broken sitemap", problem)
    form = "news sitemap" if any(entry.published for entry in collector.urls) else "sitemap"
    return Listed(tuple(collector.urls), form, children=tuple(collector.children))


def _parsed_into(collector: _Collector, body: bytes) -> str:
    """Parse until the end or the first fault; returns the fault's words, empty where there was none."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(body, True)
    except _Enough:
        return ""
    except _Doctype:
        # An HTML page has one too: its root name tells the two apart, as far as it was seen.
        collector.root = "html" if b"<html" in body[:2000].lower() else "doctype"
        return "a DOCTYPE is not let in"
    except expat.ExpatError as fault:
        return str(fault)
    return ""


def _refuse_doctype(*_parts: object) -> None:
    raise _Doctype


def _text_sitemap(body: bytes, url: str) -> Listed | Unreadable:
    """A robots.txt (its `Sitemap:` lines are the children) or a plain list of URLs."""
    lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines()[:MAX_URLS]]
    named = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("sitemap:")]
    children = [child for name in named if (child := _joined(url, name))]
    if children:
        return Listed(
            (), "robots.txt", children=tuple(ListedEntry(child) for child in dict.fromkeys(children))
        )
    urls = [line for line in lines if line.startswith(("http://", "https://"))]
    if not urls:
        return Unreadable("not a sitemap", body[:80].decode("utf-8", "replace"))
    return Listed(tuple(ListedEntry(one) for one in urls), "text sitemap")


def _joined(base: str, location: str) -> str:
    try:
        url = urljoin(base, location) if location else ""
    except ValueError:
        return ""
    return url if url.startswith(("http://", "https://")) else ""


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _qualified(name: str) -> str:
    """`news:title` for the news namespace, the bare name for the sitemap's own, others out of the way."""
    space, _, local = name.rpartition(" ")
    if "sitemap-news" in space:
        return f"news:{local}"
    return (
        local
        if not space or "sitemaps.org" in space or "google.com/schemas/sitemap/" in space
        else f"other:{local}"
    )

"""Feeds read into entries: RSS 0.9-2, RDF and Atom by feedparser, JSON Feed by hand. Never fetches anything."""

import calendar
import io
import json
import re
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin

import feedparser

from services.ingest.core.entries import ListedEntry, as_utc
from services.ingest.core.listed import FeedPacing, Listed, Unreadable

MAX_ENTRIES = 2000
MAX_TEXT = 2000
HEAD_BYTES = 32 * 1024
FEED_ROOT = re.compile(rb"<(?:[\w.-]+:)?(rss|feed|rdf)\b", re.IGNORECASE)
DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")


def parse_feed(body: bytes, url: str, content_type: str = "") -> Listed | Unreadable:
    """The entries of a feed, links made absolute against `url`; safe for any bytes."""
    stripped = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not stripped:
        return Unreadable("empty", f"{len(body)} bytes")
    if stripped.startswith(b"{"):
        return _json_feed(stripped, url)
    if not FEED_ROOT.search(stripped[:HEAD_BYTES]):
        return Unreadable(
            "html" if b"<html" in stripped[:HEAD_BYTES].lower() else "not a feed", _start_of(stripped)
        )
    return _xml_feed(body, url, content_type)


def _xml_feed(body: bytes, url: str, content_type: str) -> Listed | Unreadable:
    body = _without_doctype(body)
    # A BytesIO, never the bytes or a string: feedparser would open what looks like a file name or a URL.
    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    parsed = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not parsed.version and not parsed.entries:
        return Unreadable("not a feed", str(parsed.get("bozo_exception", ""))[:200])
    if not parsed.entries and parsed.get("bozo") and not _is_harmless(parsed):
        return Unreadable("broken feed", str(parsed.get("bozo_exception", ""))[:200])
    entries = [_entry_of(dict(entry), url) for entry in parsed.entries[:MAX_ENTRIES]]
    return Listed(
        tuple(entry for entry in entries if entry),
        str(parsed.version or "rss"),
        _pacing(body, parsed.feed),
        max(len(parsed.entries) - MAX_ENTRIES, 0),
    )


def _without_doctype(body: bytes) -> bytes:
    """The feed without its DOCTYPE: what stands before the root is where entities are declared, and no feed needs any."""
    doctype = DOCTYPE.search(body[:HEAD_BYTES])
    root = FEED_ROOT.search(body, doctype.start()) if doctype else None
    return body[: doctype.start()] + body[root.start() :] if doctype and root else body


def _is_harmless(parsed: Any) -> bool:
    problem = parsed.get("bozo_exception")
    return isinstance(problem, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType)


def _entry_of(entry: Mapping[str, Any], base: str) -> ListedEntry | None:
    link = str(entry.get("feedburner_origlink") or entry.get("link") or "").strip()
    if not link and str(entry.get("id", "")).startswith(("http://", "https://")):
        link = str(entry["id"])
    url = _absolute(base, link)
    if url is None:
        return None
    return ListedEntry(
        url=url,
        title=plain_text(entry.get("title")),
        summary=plain_text(entry.get("summary")),
        published=_moment(entry.get("published_parsed")),
        updated=_moment(entry.get("updated_parsed")),
        guid=str(entry["id"])[:500] if entry.get("id") else None,
    )


def _absolute(base: str, link: str) -> str | None:
    try:
        url = urljoin(base, link) if link else ""
    except ValueError:
        return None
    return url if url.startswith(("http://", "https://")) else None


def plain_text(markup: object) -> str | None:
    """Markup without its tags, white space folded, cut at a bounded length; None where nothing is left."""
    if not isinstance(markup, str):
        return None
    text = unescape(TAG.sub(" ", markup[: MAX_TEXT * 8]))
    return " ".join(text.split())[:MAX_TEXT] or None


def _moment(parsed: object) -> datetime | None:
    if not isinstance(parsed, time.struct_time):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _json_feed(body: bytes, url: str) -> Listed | Unreadable:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as problem:
        return Unreadable("broken feed", str(problem)[:200])
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version", "")):
        return Unreadable("not a feed", "JSON, but no JSON Feed")
    items = feed.get("items")
    rows = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    entries = [_json_entry(item, url) for item in rows[:MAX_ENTRIES]]
    return Listed(
        tuple(entry for entry in entries if entry), "json", FeedPacing(), max(len(rows) - MAX_ENTRIES, 0)
    )


def _json_entry(item: Mapping[str, Any], base: str) -> ListedEntry | None:
    url = _absolute(base, str(item.get("url") or item.get("external_url") or "").strip())
    if url is None:
        return None
    return ListedEntry(
        url=url,
        title=plain_text(item.get("title")),
        summary=plain_text(item.get("summary") or item.get("content_text")),
        published=iso_moment(item.get("date_published")),
        updated=iso_moment(item.get("date_modified")),
        guid=str(item["id"])[:500] if item.get("id") else None,
    )


def iso_moment(text: object) -> datetime | None:
    """An ISO 8601 / RFC 3339 moment, UTC where it names no zone; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        return as_utc(datetime.fromisoformat(text.strip()))
    except ValueError:
        return None


PERIOD_S = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SKIP_HOURS = re.compile(rb"<skipHours>(.*?)</skipHours>", re.IGNORECASE | re.DOTALL)
SKIP_DAYS = re.compile(rb"<skipDays>(.*?)</skipDays>", re.IGNORECASE | re.DOTALL)


def _pacing(body: bytes, feed: Mapping[str, Any]) -> FeedPacing:
    head = body[:HEAD_BYTES]
    return FeedPacing(
        _wished_pause_s(feed),
        frozenset(int(hour) % 24 for hour in _inner(SKIP_HOURS, head, rb"<hour>\s*(\d{1,2})\s*</hour>")),
        frozenset(
            DAYS.index(name.lower())
            for name in _inner(SKIP_DAYS, head, rb"<day>\s*(\w+)\s*</day>")
            if name.lower() in DAYS
        ),
    )


def _wished_pause_s(feed: Mapping[str, Any]) -> float | None:
    ttl = str(feed.get("ttl") or "").strip()
    wished = [float(ttl) * 60] if ttl.isascii() and ttl.isdigit() and len(ttl) < 8 else []
    period = PERIOD_S.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    frequency = str(feed.get("sy_updatefrequency") or "1").strip()
    if period:
        wished.append(period / max(int(frequency) if frequency.isascii() and frequency.isdigit() else 1, 1))
    return max(wished, default=None)


def _inner(outer: re.Pattern[bytes], head: bytes, item: bytes) -> Iterable[str]:
    found = outer.search(head)
    return [value.decode("ascii", "replace") for value in re.findall(item, found[1])] if found else []


def _start_of(body: bytes) -> str:
    return body[:80].decode("utf-8", "replace")

"""The sources file read into a catalogue. Every mistake is named with its line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

from services.contracts.messages import FetchKind, Licence, Scope, Side, Source
from services.ingest.sources.catalogue import Catalogue, Listing, listing_id_of
from services.runtime.settings import SettingsError

HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d{1,5})?")
LISTING_KINDS = tuple(kind for kind in get_args(FetchKind) if kind != "article")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "side": get_args(Side),
    "licence": get_args(Licence),
    "scope": get_args(Scope),
    "kind": LISTING_KINDS,
}
SOURCE_KEYS: Mapping[str, type] = {
    "name": str,
    "outlet": str,
    "country": str,
    "side": str,
    "language": str,
    "licence": str,
    "scope": str,
    "hosts": list,
    "muted": bool,
    "note": str,
    "feed": list,
}
FEED_KEYS: Mapping[str, type] = {
    "kind": str,
    "url": str,
    "fallback": bool,
    "poll_s": float,
    "links": str,
    "note": str,
}
NAMES_OF_TYPES = {
    str: "a text in quotes",
    bool: "true or false",
    float: "a number",
}
NAMES_OF_LISTS = {"feed": "[[source.feed]] tables", "hosts": "a list of host names in brackets"}


def read_catalogue(path: Path) -> Catalogue:
    """Read the sources file. Raises SettingsError naming the file, the line, the key, and what is allowed."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "not UTF-8 text"
        raise SettingsError(f"sources file {path}: {reason}") from None
    return parse_catalogue(text, str(path))


def parse_catalogue(text: str, name: str) -> Catalogue:
    """The catalogue of a sources file's text; `name` is what errors call the file."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError(f"{name}: {problem}") from None
    reader = _Reader(name, _lines_of_keys(text))
    return Catalogue(reader.catalogue(document))


Place = tuple[int, int, str]
"""A key's place: number of its source, number of its feed in it (-1: the source itself), the key."""


class _Reader:
    def __init__(self, name: str, lines: Mapping[Place, int]) -> None:
        self._name = name
        self._lines = lines

    def catalogue(self, document: Mapping[str, Any]) -> dict[str, Listing]:
        for key in document:
            if key != "source":
                raise self._fault((-1, -1, key), f"unknown table or key {key!r}; allowed: [[source]]")
        sources = document.get("source", [])
        if not isinstance(sources, list):
            raise self._fault((0, -1, ""), "write [[source]] with two brackets: there are several")
        found: dict[str, Listing] = {}
        names: dict[str, int] = {}
        for number, table in enumerate(sources):
            if table.get("name") in names:
                raise self._fault(
                    (number, -1, "name"), f"name {table['name']!r} is taken by an earlier source"
                )
            names[str(table.get("name"))] = number
            found.update(self._listings(number, table))
        return found

    def _listings(self, number: int, table: Mapping[str, Any]) -> Iterator[tuple[str, Listing]]:
        self._check(table, SOURCE_KEYS, ("name", "outlet", "feed"), (number, -1))
        plain = {key: table[key] for key in table if key in Source.model_fields}
        source, hosts = Source(**plain), self._hosts(number, table)
        for position, feed in enumerate(table["feed"]):
            if not isinstance(feed, dict):
                raise self._fault((number, -1, "feed"), "feed must be [[source.feed]] tables")
            self._check(feed, FEED_KEYS, ("kind", "url"), (number, position))
            listing = self._listing(source, feed, (number, position))
            yield listing.listing_id, replace(listing, muted=bool(table.get("muted")), hosts=hosts)

    def _hosts(self, number: int, table: Mapping[str, Any]) -> tuple[str, ...]:
        for host in table.get("hosts", ()):
            if not isinstance(host, str) or not HOST.fullmatch(host):
                raise self._fault(
                    (number, -1, "hosts"),
                    f'hosts has {host!r}; it must be a list of host names such as "news.example"',
                )
        return tuple(host.lower() for host in table.get("hosts", ()))

    def _listing(self, source: Source, feed: Mapping[str, Any], at: tuple[int, int]) -> Listing:
        url, poll_s, links = feed["url"], feed.get("poll_s"), feed.get("links")
        if not _is_web_address(url):
            raise self._fault(
                (*at, "url"), f"url is {url!r}; it must start with http:// or https:// and a host"
            )
        if poll_s is not None and not 0.1 <= poll_s <= 86_400:
            raise self._fault((*at, "poll_s"), f"poll_s is {poll_s}; allowed: 0.1 to 86400 seconds")
        if links is not None and not _compiles(links):
            raise self._fault((*at, "links"), f"links is {links!r}; it must be a regular expression")
        return Listing(
            listing_id_of(source.name, feed["kind"], url),
            source,
            feed["kind"],
            url,
            fallback=bool(feed.get("fallback")),
            poll_s=poll_s,
            links=links,
        )

    def _check(
        self, table: Mapping[str, Any], keys: Mapping[str, type], needed: tuple[str, ...], at: tuple[int, int]
    ) -> None:
        for key, value in table.items():
            if key not in keys:
                raise self._fault((*at, key), f"unknown key {key!r}; allowed: {', '.join(keys)}")
            if not _has_type(value, keys[key]):
                raise self._fault((*at, key), f"{key} is {value!r}; it must be {_name_of_type(key, keys)}")
            if key in CHOICES and value not in CHOICES[key]:
                raise self._fault((*at, key), f"{key} is {value!r}; allowed: {', '.join(CHOICES[key])}")
        for key in needed:
            if not table.get(key):
                what = "[[source.feed]]" if key == "feed" else f"key {key!r}"
                raise self._fault((*at, ""), f"{what} is missing")

    def _fault(self, place: Place, what: str) -> SettingsError:
        line = self._lines.get(place) or self._lines.get((*place[:2], "")) or 1
        return SettingsError(f"{self._name}, line {line}: {what}")


def _name_of_type(key: str, keys: Mapping[str, type]) -> str:
    return NAMES_OF_LISTS.get(key) or NAMES_OF_TYPES[keys[key]]


def _has_type(value: object, wanted: type) -> bool:
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, wanted)


def _is_web_address(url: str) -> bool:
    try:
        return bool(re.match(r"https?://[^/\s]+", url) and urlsplit(url).hostname)
    except ValueError:
        return False


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


HEADER = re.compile(r"\s*\[\[?\s*([\w. \"'-]+?)\s*\]\]?\s*(#.*)?$")
KEY = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*=")


def _lines_of_keys(text: str) -> dict[Place, int]:
    """Line numbers of tables and keys: tomllib keeps none. The key "" stands for a table's own header."""
    lines: dict[Place, int] = {}
    source, feed = -1, -1
    for number, line in enumerate(text.splitlines(), 1):
        header = HEADER.match(line)
        if header and header[1] == "source":
            source, feed = source + 1, -1
        elif header and header[1].replace(" ", "") == "source.feed":
            feed += 1
        elif header:
            lines.setdefault((-1, -1, header[1].split(".")[0]), number)
        key = None if header else KEY.match(line)
        if header or key:
            lines.setdefault((source, feed, key[1] if key else ""), number)
    return lines

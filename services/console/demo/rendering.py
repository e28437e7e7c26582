"""The small web's pages and feeds as bytes. Pure: what is shown, where and when comes in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib import resources
from string import Template
from xml.sax.saxutils import escape

from .scenes import Outlet, Scene

CONTENT_TYPE_PAGE = "text/html; charset=utf-8"
CONTENT_TYPE_FEED = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}


WENT_ONLINE = datetime(2020, 1, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Shown:
    """A scene on show: where its page stands, when it is dated, and when it last changed."""

    scene: Scene
    url: str
    published: datetime
    changed: datetime


def published_at(scene: Scene, start: datetime) -> datetime:
    """When the page says it was published: to the minute, as most sites write it."""
    return (start - timedelta(hours=scene.age_h)).replace(second=0, microsecond=0)


def page_of(shown: Shown) -> bytes:
    """The page of a scene, its dates and numbers filled in."""
    source = resources.files(__package__).joinpath("pages", shown.scene.page).read_text("utf-8")
    return Template(source).substitute(_dates_of(shown), **shown.scene.fields).encode()


def feed_of(outlet: Outlet, shown: Sequence[Shown], base_url: str) -> bytes:
    """The outlet's feed, newest entry first."""
    newest_first = [*sorted(shown, key=lambda one: one.changed, reverse=True), _oldest(outlet, base_url)]
    render = _atom if outlet.feed == "atom" else _rss
    return ('<?xml version="1.0" encoding="utf-8"?>\n' + render(outlet, newest_first, base_url)).encode()


def _oldest(outlet: Outlet, base_url: str) -> Shown:
    """An entry far older than the window: no feed is ever empty, and nobody fetches this page."""
    title = f"{outlet.title} goes online"
    scene = Scene("oldest", outlet.name, "/welcome", "", title, "We are here.", brings=None, age_h=0)
    return Shown(scene, base_url + scene.path, WENT_ONLINE, WENT_ONLINE)


def _dates_of(shown: Shown) -> Mapping[str, str]:
    day = shown.published
    return {
        "url": shown.url,
        "published": day.isoformat(),
        "modified": shown.changed.replace(microsecond=0).isoformat(),
        "day": f"{day:%Y-%m-%d}",
        "year": f"{day:%Y}",
        "stamp": f"{day:%d-%m-%Y %H:%M}",
        "long_day": f"{day:%B} {day.day}, {day:%Y}",
        "short_day": f"{day:%b} {day.day}",
    }


def _rss(outlet: Outlet, shown: Sequence[Shown], base_url: str) -> str:
    items = "".join(
        f"<item><title>{escape(one.scene.title)}</title><link>{escape(one.url)}</link>"
        f'<guid isPermaLink="true">{escape(one.url)}</guid><description>{escape(one.scene.summary)}</description>'
        f"<pubDate>{format_datetime(one.published)}</pubDate></item>\n"
        for one in shown
    )
    return (
        f'<rss version="2.0"><channel><title>{escape(outlet.title)}</title><link>{base_url}/</link>'
        f"<description>{escape(outlet.title)}</description>\n{items}</channel></rss>\n"
    )


def _atom(outlet: Outlet, shown: Sequence[Shown], base_url: str) -> str:
    entries = "".join(
        f'<entry><title>{escape(one.scene.title)}</title><link href="{escape(one.url)}"/><id>{escape(one.url)}</id>'
        f"<summary>{escape(one.scene.summary)}</summary><published>{one.published.isoformat()}</published>"
        f"<updated>{one.changed.isoformat()}</updated></entry>\n"
        for one in shown
    )
    updated = f"<updated>{shown[0].changed.isoformat()}</updated>" if shown else ""
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(outlet.title)}</title><id>{base_url}/</id>'
        f"{updated}\n{entries}</feed>\n"
    )

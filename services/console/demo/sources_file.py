"""The sources file of the small web. Pure."""

import json
from collections.abc import Mapping

from .scenes import OUTLETS, Outlet

POLL_S = 1.0


def sources_toml(feed_urls: Mapping[str, str]) -> str:
    """One source per outlet, each with its one feed, polled every second."""
    return "\n".join(_source(outlet, feed_urls[outlet.name]) for outlet in OUTLETS)


def _source(outlet: Outlet, feed_url: str) -> str:
    fields = {
        "name": outlet.name,
        "outlet": outlet.title,
        "country": outlet.country,
        "side": outlet.side,
        "language": outlet.language,
        "licence": "full",
        "scope": "topic",  # so that the off-topic page is fetched, read and rejected before your eyes
    }
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    feed = ["[[source.feed]]", 'kind = "feed"', f"url = {json.dumps(feed_url)}", f"poll_s = {POLL_S}"]
    return "\n".join(["[[source]]", *lines, *feed, ""])

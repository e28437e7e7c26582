"""Public previews of Telegram channels (`t.me/s/<channel>`) read into entries."""

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.ingest.core.entries import ListedEntry
from services.ingest.core.listed import Listed, Unreadable
from services.ingest.listings.feeds import MAX_TEXT, iso_moment

POST_NAME = re.compile(r"[\w.-]{1,64}/\d{1,12}")
TELEGRAM_HOSTS = ("t.me", "telegram.me", "telegram.org", "telegra.ph")
TITLE_CHARS = 200


def parse_telegram(body: bytes, url: str, _content_type: str = "") -> Listed | Unreadable:
    """The posts of a preview page: a post that links to an article stands for that article, others for themselves."""
    page = LexborHTMLParser(body.decode("utf-8", "replace"))
    posts = page.css("[data-post]")
    if not posts:
        # A channel that is gone or has its preview switched off leads to its contact page, with status 200.
        known = page.css_first(".tgme_page, .tgme_channel_info, .tgme_header_info")
        return (
            Unreadable("no posts", "preview switched off or channel gone")
            if known
            else Unreadable("not a preview")
        )
    entries = [entry for post in posts if (entry := _entry_of(post, url))]
    return Listed(tuple(entries), "telegram")


def _entry_of(post: LexborNode, base: str) -> ListedEntry | None:
    name = post.attributes.get("data-post") or ""
    if not POST_NAME.fullmatch(name):
        return None
    body = post.css_first(".tgme_widget_message_text")
    text = " ".join(body.text(separator="\n").split("\n")) if body else ""
    moment = post.css_first("time[datetime]")
    lines = [line.strip() for line in body.text(separator="\n").splitlines() if line.strip()] if body else []
    return ListedEntry(
        url=_article_link(body) or f"https://{_host(base)}/{name}?embed=1&mode=tme",
        title=lines[0][:TITLE_CHARS] if lines else None,
        summary=" ".join(text.split())[:MAX_TEXT] or None,
        published=iso_moment(moment.attributes.get("datetime")) if moment else None,
        guid=name,
    )


def _article_link(body: LexborNode | None) -> str | None:
    """The first link out of Telegram to something deeper than a front page."""
    for anchor in body.css("a[href]") if body else []:
        link = anchor.attributes.get("href") or ""
        parts = urlsplit(link)
        host = (parts.hostname or "").removeprefix("www.")
        if (
            parts.scheme in ("http", "https")
            and host not in TELEGRAM_HOSTS
            and len(parts.path.strip("/")) > 5
        ):
            return link
    return None


def _host(base: str) -> str:
    return urlsplit(base).netloc or "t.me"

"""RSS 2.0, written as it goes: any feed reader follows the clean coverage. As much text as the licence allows."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import IO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from services.console.export.events import ExportedEvent

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NAMESPACES = {
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
}


class RssFeed:
    """One channel; an item's guid is the article's canonical id, so that a revision replaces its item."""

    def __init__(self, output: IO[bytes], title: str = "Cleanwire") -> None:
        self._xml = XMLGenerator(output, "utf-8", short_empty_elements=True)
        self._xml.startDocument()
        self._begin("rss", {"version": "2.0"} | NAMESPACES)
        self._begin("channel")
        self._element("title", title)
        self._element("link", "urn:cleanwire:articles.cleaned")
        self._element("description", "Each article once, its text without page furniture.")

    def write(self, events: list[ExportedEvent]) -> None:
        """Append a page of articles; a withdrawal has no item."""
        for event in events:
            if "text" in event.data:
                self._item(event)

    def close(self) -> None:
        """End the channel."""
        self._xml.endElement("channel")
        self._xml.endElement("rss")
        self._xml.endDocument()

    def _item(self, event: ExportedEvent) -> None:
        data, paragraphs = event.data, _allowed_paragraphs(event)
        self._begin("item")
        self._element("title", data.get("title") or data["url"])
        self._element("link", data["url"])
        self._element("guid", data["canonical_id"], {"isPermaLink": "false"})
        self._element("pubDate", format_datetime(_published(event)))
        self._element(
            "dc:creator", ", ".join([author["name"] for author in data["authors"]] or [data["outlet"]])
        )
        for match in data["topics"]:
            self._element("category", match["topic"])
        if paragraphs:
            self._element("description", paragraphs[0])
            html = "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
            self._element("content:encoded", html)
        self._xml.endElement("item")

    def _begin(self, name: str, attributes: dict[str, str] | None = None) -> None:
        self._xml.startElement(name, AttributesImpl(attributes or {}))

    def _element(self, name: str, text: str, attributes: dict[str, str] | None = None) -> None:
        self._begin(name, attributes)
        self._xml.characters(NOT_XML.sub("", text))
        self._xml.endElement(name)


def _allowed_paragraphs(event: ExportedEvent) -> list[str]:
    """The whole text, its first paragraph, or nothing, as the outlet's licence says."""
    licence = event.data["rights"]["licence"]
    paragraphs: list[str] = event.data["text"].split("\n\n")
    return {"full": paragraphs, "excerpt": paragraphs[:1]}.get(licence, [])


def _published(event: ExportedEvent) -> datetime:
    """The page's own date as far as it is exact; a day counts as its first moment in UTC."""
    value = (event.data.get("published") or {}).get("value", "")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return event.time
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

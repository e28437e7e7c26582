"""An event as one flat row, for CSV and Parquet."""

from collections.abc import Callable, Mapping

from services.console.export.events import ExportedEvent

Cell = str | int | float | None


def _of_data(name: str) -> Callable[[ExportedEvent], Cell]:
    return lambda event: event.data.get(name)


def _inside(name: str, part: str) -> Callable[[ExportedEvent], Cell]:
    return lambda event: (event.data.get(name) or {}).get(part)


def _listed(name: str, part: str) -> Callable[[ExportedEvent], Cell]:
    return lambda event: "; ".join(item[part] for item in event.data.get(name) or ())


TEXTS: Mapping[str, Callable[[ExportedEvent], Cell]] = {
    "entry_id": lambda event: event.entry_id,
    "event_id": lambda event: event.fields["id"],
    "type": lambda event: event.fields["type"],
    "time": lambda event: event.fields["time"],
    "article_id": _of_data("article_id"),
    "canonical_id": _of_data("canonical_id"),
    "url": _of_data("url"),
    "canonical_url": _of_data("canonical_url"),
    "outlet": _of_data("outlet"),
    "side": _of_data("side"),
    "title": _of_data("title"),
    "standfirst": _of_data("standfirst"),
    "text": _of_data("text"),
    "authors": _listed("authors", "name"),
    "published": _inside("published", "value"),
    "published_precision": _inside("published", "precision"),
    "modified": _inside("modified", "value"),
    "language": _of_data("language"),
    "section": _of_data("section"),
    "topics": _listed("topics", "topic"),
    "agency": _inside("provenance", "agency"),
    "role": _inside("provenance", "role"),
    "labels": lambda event: "; ".join(event.data.get("labels") or ()),
    "licence": _inside("rights", "licence"),
    "story_id": _of_data("story_id"),
}
NUMBERS: Mapping[str, Callable[[ExportedEvent], Cell]] = {
    "revision": _of_data("revision"),
    "words": _inside("quality", "words"),
}
COLUMNS = {**TEXTS, **NUMBERS}


def row_of(event: ExportedEvent) -> dict[str, Cell]:
    """Every column of one event; what a withdrawal lacks is None (or empty where a list is joined)."""
    return {name: cell(event) for name, cell in COLUMNS.items()}

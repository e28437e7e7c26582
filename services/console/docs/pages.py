"""The list of generated pages: where each stands and what makes it. A new generated page is one more line here."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from services.console.docs.asyncapi import asyncapi_text
from services.console.docs.events_page import events_text
from services.console.docs.metrics_page import metrics_text
from services.console.docs.streams_page import streams_text
from services.contracts.versions import VERSIONS, breaking_changes, schema_of, shapes_of, text_of

ROOT = Path(__file__).parents[3]

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/asyncapi.json": asyncapi_text,
    "docs/events.md": events_text,
    "docs/metrics.md": metrics_text,
    "docs/streams.md": streams_text,
}

PUBLISHED = (
    "A published schema never changes. Raise the message's version in services/contracts/versions.py (the minor for "
    "an optional field, otherwise a new major and a new event type), say so in docs/contract-changelog.md, and run "
    "./run docs again."
)


def generated_pages() -> dict[str, str]:
    """Every generated page as the code makes it now, by its path from the project's root."""
    pages = {path: text() for path, text in PAGES.items()}
    schemas = {str(row.path.relative_to(ROOT)): text_of(schema_of(row)) for row in VERSIONS}
    return pages | schemas


def changed_schemas() -> list[str]:
    """The messages that need a new version before their schema may be written; a change of words needs none.

    A public schema never changes under its version. An internal one may gain optional fields: the services that
    write and read it are deployed together.
    """
    changed = []
    for row in VERSIONS:
        if not row.path.exists():
            continue
        published, current = json.loads(row.path.read_text()), schema_of(row)
        reasons = breaking_changes(published, current)
        if row.event_types and not reasons and shapes_of(published) != shapes_of(current):
            reasons = ["optional fields were added"]
        if reasons:
            changed.append(
                f"{row.name} {row.version} is published, and its model has changed: {'; '.join(reasons)}"
            )
    return changed

"""Counts of how messages ended: what the outcome lines say, as metrics. Logging a share of them changes no count."""

from .measuring import BoundedLabel, counter

MOST_EVENTS = 200
MOST_REASONS = 200
MOST_SOURCES = 1_000

OUTCOMES = counter(
    "outcomes",
    "Messages by how they ended: the event and outcome of their line, and its reason",
    "event",
    "outcome",
    "reason",
)
SOURCE_OUTCOMES = counter(
    "source_outcomes",
    "The same by source; event article_stored counts clean articles by verdict",
    "source",
    "event",
    "outcome",
)

TROUBLE = counter(
    "trouble", "Log lines of level warning and above; a library's count as `library`", "event", "level"
)

_reason, _source, _event = BoundedLabel(MOST_REASONS), BoundedLabel(MOST_SOURCES), BoundedLabel(MOST_EVENTS)


def count_outcome(event: str, outcome: str, reason: str, source: str) -> None:
    """One message has ended. An empty source is a URL that no source named."""
    OUTCOMES.labels(event, outcome, _reason(reason)).inc()
    SOURCE_OUTCOMES.labels(_source(source), event, outcome).inc()


def count_trouble(event: str, level: str) -> None:
    """A line of level warning or above was logged. Our events are names; whatever a library says is free text."""
    TROUBLE.labels(_event(event) if event.isidentifier() else "library", level).inc()

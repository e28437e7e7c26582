"""Counts of how messages ended: what the outcome lines say, as metrics. Logging a share of them changes no count."""

from .measuring import BoundedLabel, counter

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

_reason, _source = BoundedLabel(MOST_REASONS), BoundedLabel(MOST_SOURCES)


def count_outcome(event: str, outcome: str, reason: str, source: str) -> None:
    """One message has ended. An empty source is a URL that no source named."""
    OUTCOMES.labels(event, outcome, _reason(reason)).inc()
    SOURCE_OUTCOMES.labels(_source(source), event, outcome).inc()

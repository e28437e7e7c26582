"""docs/metrics.md: every metric with its kind, its labels and its meaning, from the catalogue that declares them."""

from collections.abc import Sequence

import services.ingest.metrics
import services.normalize.metrics
import services.runtime.monitoring.metrics
import services.runtime.monitoring.outcome_counts
import services.store.metrics
from services.runtime.monitoring.measuring import CATALOGUE, Described, series_of
from services.runtime.monitoring.metrics import frameworks_metrics

DECLARING = (
    services.runtime.monitoring.outcome_counts,
    services.runtime.monitoring.metrics,
    services.ingest.metrics,
    services.normalize.metrics,
    services.store.metrics,
)
"""The modules that declare metrics; importing them fills the catalogue."""

HEAD = """# Metrics
Made from the code by `./run docs`; do not edit. Each service answers Prometheus at `/metrics` on `CLEANWIRE_HTTP_PORT`.
How they become alerts: [monitoring](monitoring.md).

Counts are of the process that is asked, so sum them over instances: `sum by (source) (increase(…[1h]))`. What Redis and
the archive know (backlogs, dead letters, the relay, the sources) every process tells alike, so take one:
`max without (instance) (…)`. Labels whose values come from outside are bounded: the first 200 reasons and the first 1,000
hosts and sources count by themselves, whatever comes after them as `other`.

| metric | kind | labels | from | meaning |
|---|---|---|---|---|
"""

FRAMEWORKS = """
FastStream's own, of every handler (labels `app_name`, `broker`, `handler`, and `status` or `exception_type` where there is one):

| metric | kind | meaning |
|---|---|---|
"""


def metrics_text() -> str:
    """The page."""
    ours = "".join(_row(one) for one in described())
    theirs = "".join(f"| `{name}` | {kind} | {meaning} |\n" for name, kind, meaning in frameworks_metrics())
    return HEAD + ours + FRAMEWORKS + theirs


def described() -> Sequence[Described]:
    """Every metric of ours, by service and name."""
    return sorted(CATALOGUE, key=lambda one: (one.service != "every service", one.service, one.name))


def known_series() -> set[str]:
    """Every name that a query may use: `_sum`, `_count` and `_bucket` too."""
    ours = {name for one in CATALOGUE for name in series_of(one.name, one.kind)}
    return ours | {name for stored, kind, _ in frameworks_metrics() for name in series_of(stored, kind)}


def _row(one: Described) -> str:
    labels = ", ".join(f"`{label}`" for label in one.labels)
    return f"| `{one.name}` | {one.kind} | {labels} | {one.service} | {one.meaning} |\n"

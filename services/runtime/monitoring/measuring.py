"""Declaring metrics: one registry of this process, one catalogue of all there are, and labels that cannot grow without end."""

from dataclasses import dataclass
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary

PREFIX = "cleanwire_"
OTHER = "other"

REGISTRY = CollectorRegistry()


@dataclass(frozen=True)
class Described:
    """One metric of the catalogue, under the name that Prometheus stores; `service` says who has it."""

    name: str
    kind: Literal["counter", "gauge", "summary", "histogram"]
    labels: tuple[str, ...]
    meaning: str
    service: str


CATALOGUE: list[Described] = []


class BoundedLabel:
    """Values of a label that come from outside: the first `limit` of them count by themselves, the rest as `other`.

    Hosts, sources and reasons arrive in messages that anybody may write; each new value would be a series for ever.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self._known = limit, set[str]()

    def __call__(self, value: str) -> str:
        """The value to label with."""
        if value in self._known:
            return value
        if len(self._known) >= self._limit:
            return OTHER
        self._known.add(value)
        return value


def counter(name: str, meaning: str, *labels: str, service: str = "every service") -> Counter:
    """A count that only rises; its name ends in `_total`."""
    _describe(f"{name}_total", "counter", labels, meaning, service)
    return Counter(PREFIX + name, meaning, labels, registry=REGISTRY)


def gauge(name: str, meaning: str, *labels: str, service: str = "every service") -> Gauge:
    """A value as it is now."""
    _describe(name, "gauge", labels, meaning, service)
    return Gauge(PREFIX + name, meaning, labels, registry=REGISTRY)


def summary(name: str, meaning: str, *labels: str, service: str = "every service") -> Summary:
    """A sum and a count, for averages over any time."""
    _describe(name, "summary", labels, meaning, service)
    return Summary(PREFIX + name, meaning, labels, registry=REGISTRY)


def histogram(
    name: str, meaning: str, buckets: tuple[float, ...], service: str = "every service"
) -> Histogram:
    """How values spread over `buckets` (upper bounds)."""
    _describe(name, "histogram", (), meaning, service)
    return Histogram(PREFIX + name, meaning, buckets=buckets, registry=REGISTRY)


def series_of(name: str, kind: str) -> list[str]:
    """The names under which Prometheus stores a metric.

    >>> series_of("cleanwire_cut_share", "summary")
    ['cleanwire_cut_share_sum', 'cleanwire_cut_share_count']
    """
    match kind:
        case "summary":
            return [f"{name}_sum", f"{name}_count"]
        case "histogram":
            return [f"{name}_bucket", f"{name}_sum", f"{name}_count"]
    return [name]


def _describe(
    name: str,
    kind: Literal["counter", "gauge", "summary", "histogram"],
    labels: tuple[str, ...],
    meaning: str,
    service: str,
) -> None:
    CATALOGUE.append(Described(PREFIX + name, kind, labels, meaning, service))

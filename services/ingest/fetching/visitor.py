"""A visit: the host's turn, its robots.txt, one request, and the rest that follows from the answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.ingest.core.addresses import host_key
from services.ingest.core.outcomes import (
    Failed,
    Fetched,
    FetchOutcome,
    Gone,
    Limits,
    NotModified,
    Redirected,
    Refused,
    Throttled,
)
from services.ingest.core.retry_after import rest_s
from services.ingest.fetching.fetcher import Fetcher
from services.ingest.fetching.politeness import NotYet, Politeness, Turn, TurnReport
from services.ingest.fetching.robots import Allowed, Disallowed, Forbidden, Robots, Unreachable, Verdict

BREAKER_AFTER = 3  # failures in a row before a host is left alone for a while


@dataclass(frozen=True)
class Resting:
    """The host has started a rest because of this answer: nothing is asked of it for `rest_s`."""

    outcome: Throttled | Failed
    rest_s: float


VisitOutcome = FetchOutcome | NotYet | Resting


class Visitor:
    """Asks for one URL politely: at most one request (and perhaps a robots.txt) each visit."""

    def __init__(self, politeness: Politeness, robots: Robots, fetcher: Fetcher) -> None:
        self._politeness = politeness
        self._robots = robots
        self._fetcher = fetcher

    async def visit(self, url: str, limits: Limits, headers: Mapping[str, str] | None = None) -> VisitOutcome:
        """What came of asking for `url`, or when to come back."""
        try:
            host = host_key(url)
        except ValueError as problem:
            return Failed("bad url", str(problem), retry=False)
        turn = await self._politeness.take_turn(host)
        if isinstance(turn, NotYet):
            return turn
        report = TurnReport()
        try:
            async with self._politeness.kept(turn):
                verdict = await self._robots.verdict(url)
                outcome = await self._allowed(verdict, url, limits, headers)
            report = _report_of(outcome, verdict, turn, self._politeness.gap_s)
        finally:
            await self._politeness.end_turn(turn, report)
        if report.rest_s and isinstance(outcome, Throttled | Failed):
            return Resting(outcome, report.rest_s)
        return outcome

    async def _allowed(
        self, verdict: Verdict, url: str, limits: Limits, headers: Mapping[str, str] | None
    ) -> FetchOutcome:
        match verdict:
            case Disallowed():
                return Refused("robots")
            case Unreachable(detail=detail):
                return Failed("robots unreachable", detail)
            case Forbidden(detail=detail):
                return Refused("address", detail)
            case Allowed():
                return await self._fetcher.fetch(url, limits, headers)


def _report_of(outcome: FetchOutcome, verdict: Verdict, turn: Turn, gap_s: float) -> TurnReport:
    counts = (("requests", 1), *_counts_of(outcome))
    if not isinstance(verdict, Allowed):
        return TurnReport(counts=_counts_of(outcome))
    gap_s = max(gap_s, verdict.delay_s)
    if isinstance(outcome, Refused) and outcome.reason == "address":
        return TurnReport(counts=_counts_of(outcome))
    match outcome:
        case Throttled():
            rest = rest_s(outcome.retry_after_s, turn.refusals + 1)
            return TurnReport(gap_s, rest, refused=True, counts=counts)
        case Failed(retry=True):
            failures = turn.refusals + 1
            rest = rest_s(None, failures - BREAKER_AFTER + 1) if failures >= BREAKER_AFTER else 0.0
            return TurnReport(gap_s, rest, refused=True, counts=counts)
    return TurnReport(gap_s, answered=True, counts=counts)


def _counts_of(outcome: FetchOutcome) -> tuple[tuple[str, int], ...]:
    match outcome:
        case Fetched():
            return (("bytes", outcome.wire_bytes),)
        case NotModified():
            return (("not_modified", 1),)
        case Throttled():
            return (("throttled", 1),)
        case Refused(reason="robots"):
            return (("robots_refusals", 1),)
        case Gone():
            return (("gone", 1),)
        case Failed() | Refused():
            return (("failed", 1),)
        case Redirected():
            return (("redirects", 1),)

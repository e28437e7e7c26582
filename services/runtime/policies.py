"""The policy of each stage: what the settings say, behind the gates its stream stands behind."""

from services.contracts.streams import (
    ARTICLES_NORMALIZED,
    ARTICLES_RAW,
    FETCH_BACKFILL,
    FETCH_REQUESTS,
    GROUP_INGEST,
    GROUP_NORMALIZE,
    GROUP_STORE,
)

from .delivery.gates import BacklogGate, Gate, MemoryGate, PriorityGate
from .delivery.policy import Policy
from .settings import ServiceSettings

INGEST_MEMORY_SHARE = 0.6  # what is above is for draining: ingest stops first,
NORMALIZE_MEMORY_SHARE = 0.8  # then normalize; the store never stops
BACKLOG_LIMIT = 10_000

INGEST_GATES: tuple[Gate, ...] = (
    MemoryGate(INGEST_MEMORY_SHARE),
    BacklogGate(ARTICLES_RAW, GROUP_NORMALIZE, BACKLOG_LIMIT),
    BacklogGate(ARTICLES_NORMALIZED, GROUP_STORE, BACKLOG_LIMIT),
)
GATES_OF_STREAM: dict[str, tuple[Gate, ...]] = {
    FETCH_REQUESTS: INGEST_GATES,
    FETCH_BACKFILL: (PriorityGate(FETCH_REQUESTS, GROUP_INGEST), *INGEST_GATES),
    ARTICLES_RAW: (MemoryGate(NORMALIZE_MEMORY_SHARE),),
}


def policy_for(stream: str, settings: ServiceSettings) -> Policy:
    """How the reader of `stream` delivers."""
    return Policy(
        concurrency=settings.concurrency,
        visibility_s=settings.visibility_s,
        gates=GATES_OF_STREAM.get(stream, ()),
    )

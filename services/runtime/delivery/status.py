"""How an engine is, for probes, metrics and the roster."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EngineStatus:
    """How an engine is; ages in seconds. `waits_for` says why it takes nothing new, None where it does.

    A turn of the loop may have failed; a read has returned, be it empty.
    """

    stream: str
    group: str
    alive: bool
    running: int
    last_turn_s: float
    last_read_s: float
    last_commit_s: float
    waits_for: str | None

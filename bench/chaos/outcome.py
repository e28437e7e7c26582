"""What one chaos run is asked for, and what came of it."""

from dataclasses import dataclass, field
from pathlib import Path

from .faults import DECKS
from .logbook import Logbook
from .plan import POISONS
from .verdict import Verdict

UNREADABLE = 5  # entries that no service can read: dead letters beside the poison pages


@dataclass(frozen=True)
class Plan:
    """One run: how many pages over how many hosts, how long they pour in, how close the faults come, and its seed.

    `deck` names the faults, `without` the rules that are taken out (a control); the logs are kept in the folder `keep`.
    """

    pages: int = 200
    hosts: int = 8
    seconds: float = 30.0
    fault_every_s: float = 1.5
    drain_s: float = 180.0
    seed: int = 1
    topology: str = "sqlite"
    poll_s: float = 2.0
    poison_each: int = 1
    extra: tuple[str, ...] = ()
    deck: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    mounted: bool = False
    keep: Path | None = None

    @property
    def cards(self) -> tuple[str, ...]:
        """The faults to deal."""
        return (*(DECKS[self.topology] if self.deck is None else self.deck), *self.extra)


@dataclass(frozen=True)
class Outcome:
    """What came of it. `unfinished` names whatever was not zero at the end; `samples` are lengths of the clean stream.

    `cpu_s` is the processor time by service and server, `load` the machine's load over its last five minutes.
    """

    plan: Plan
    verdict: Verdict
    letters: Verdict
    missed: list[str]
    unfinished: dict[str, int]
    logbook: Logbook
    faults: dict[str, int]
    timeline: list[tuple[float, str]]
    samples: list[tuple[float, int]] = field(default_factory=list)
    dead: int = 0
    poured_s: float = 0.0
    drained_s: float = 0.0
    cpu_s: dict[str, float] = field(default_factory=dict)
    load: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Nothing lost, doubled, left over or unexplained; dead exactly the poison; the subscriber missed nothing."""
        whole = self.verdict.is_clean and self.letters.is_clean
        return whole and not (self.missed or self.unfinished or self.logbook.unexplained)

    @property
    def expected_dead(self) -> int:
        """How many dead letters there must be."""
        return UNREADABLE + self.plan.poison_each * len(POISONS)

    @property
    def findings(self) -> list[str]:
        """Everything that is not as it must be, in words."""
        verdicts = (self.verdict, self.letters)
        wrong = [line for one in verdicts for line in (*one.late, *one.doubled, *one.wrong)]
        left = [f"{count} {name}" for name, count in self.unfinished.items()]
        return [*wrong, *self.missed, *left, *(f"log: {line}" for line in self.logbook.unexplained.values())]

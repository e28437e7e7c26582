"""The verdicts while they are being made: the model's first, then what each rule changes, with its name and reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress

from services.normalize.core.judging.scoring import Scored
from services.normalize.core.judging.selection import best_selection


@dataclass(slots=True, eq=False)
class Draft:
    """For each block of the page: kept or not, and the rule and reason of whoever said so last (empty: the model)."""

    scored: Scored
    kept: list[bool]
    rules: list[str]
    reasons: list[str]
    added: list[tuple[str, str]] = field(default_factory=list)

    def kept_places(self) -> list[int]:
        """The indices of the blocks kept so far."""
        return [*compress(range(len(self.kept)), self.kept)]

    def kept_chars(self) -> float:
        """The characters kept so far; a Chinese letter counts for two and a half."""
        sizes = self.scored.facts.sizes
        return sum(sizes[at] for at in self.kept_places())

    def cut(self, at: int, rule: str, reason: str) -> None:
        """Cut a block that was kept; one that was not keeps the model's reason."""
        if self.kept[at]:
            self.kept[at] = False
            self.rules[at], self.reasons[at] = rule, reason

    def keep(self, at: int, rule: str, reason: str = "article text") -> None:
        """Keep a block that the model had cut."""
        if not self.kept[at]:
            self.kept[at] = True
            self.rules[at], self.reasons[at] = rule, reason

    def add(self, paragraphs: Sequence[str], rule: str) -> None:
        """Take text that stands in no block of the page."""
        self.added += [(text, rule) for text in paragraphs]


def first_draft(scored: Scored) -> Draft:
    """The model's own verdicts: the blocks whose choice promises the highest F1."""
    count = len(scored.scores)
    kept = [False] * count
    candidates = scored.facts.candidates
    for at in candidates[best_selection(scored.log_odds, scored.facts.chars[candidates])].tolist():
        kept[at] = True
    return Draft(scored, kept, ["model"] * count, [""] * count)

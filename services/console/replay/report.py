"""The report of a replay: how many of what, and samples with their differences."""

import json
from collections import Counter
from dataclasses import dataclass, field

from services.console.replay.outcomes import Changed, NowAccepted, NowRejected, Outcome, difference_of
from services.contracts.messages import RawArticle

NAMES = {
    "Unchanged": "unchanged",
    "Changed": "changed",
    "NowAccepted": "now_accepted",
    "NowRejected": "now_rejected",
    "StillRejected": "still_rejected",
    "Superseded": "superseded",
}


@dataclass
class Report:
    """Counts every outcome; keeps the first `samples` of each kind that would be seen."""

    samples: int = 5
    counts: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    kept: list[tuple[str, str, list[str]]] = field(default_factory=list)

    def add(self, raw: RawArticle, outcome: Outcome) -> None:
        """Count one page."""
        name = NAMES[type(outcome).__name__]
        self.counts[name] += 1
        if isinstance(outcome, Changed):
            self.fields.update(outcome.fields)
        if self.counts[name] <= self.samples and isinstance(outcome, Changed | NowAccepted | NowRejected):
            self.kept.append((name, raw.final_url, _shown(outcome)))

    def as_json(self) -> str:
        """One object: counts, fields that differ, samples."""
        samples = [{"outcome": name, "url": url, "difference": lines} for name, url, lines in self.kept]
        counts = {name: self.counts[name] for name in NAMES.values()}
        return json.dumps({**counts, "fields": dict(self.fields), "samples": samples}, ensure_ascii=False)

    def as_text(self) -> str:
        """For people: the samples first, the sum last."""
        lines = []
        for name, url, difference in self.kept:
            lines += [f"{name.replace('_', ' ')}: {url}", *(f"  {line}" for line in difference), ""]
        total = sum(self.counts.values())
        sums = ", ".join(f"{self.counts[name]:,} {name.replace('_', ' ')}" for name in NAMES.values())
        lines.append(f"{total:,} kept pages: {sums}")
        if self.fields:
            lines.append(
                "differing in " + ", ".join(f"{name} {n:,}" for name, n in self.fields.most_common())
            )
        return "\n".join(lines)


def _shown(outcome: Changed | NowAccepted | NowRejected) -> list[str]:
    if isinstance(outcome, Changed):
        return list(difference_of(outcome))
    if isinstance(outcome, NowRejected):
        return [f"today: {outcome.reason}"]
    return [f"today: {outcome.after.title or '(no title)'} ({outcome.after.quality.words} words)"]

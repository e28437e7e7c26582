"""How a chaos run is told: a row of the table, its findings, its record for the plot."""

import json
from pathlib import Path
from typing import Any

from .run import Outcome

HEAD = (
    "| topology | seed | pages | faults | lost | doubled | wrong | dead | unfinished | unexplained | poured, drained in | load | CPU ms a page |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def row_of(outcome: Outcome) -> str:
    """The run as one row of the table. `lost` counts what a subscriber missed, too."""
    plan, verdict, letters = outcome.plan, outcome.verdict, outcome.letters
    faults = ", ".join(f"{count} × {fault}" for fault, count in sorted(outcome.faults.items()))
    lost = len(verdict.late) + len(letters.late) + len(outcome.missed)
    wrong = len(verdict.wrong) + len(letters.wrong)
    unfinished = sum(outcome.unfinished.values())
    cells: list[Any] = [
        plan.topology,
        plan.seed,
        f"{plan.pages:,}",
        faults,
        lost,
        len(verdict.doubled),
        wrong,
        outcome.dead,
        unfinished,
        len(outcome.logbook.unexplained),
        f"{outcome.poured_s:.0f} s, {outcome.drained_s:.0f} s",
        f"{outcome.load:.0f}",
        ", ".join(f"{name} {1e3 * spent / plan.pages:.1f}" for name, spent in sorted(outcome.cpu_s.items())),
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def record_of(outcome: Outcome) -> dict[str, Any]:
    """The run as JSON values, for the plot and for whoever asks later."""
    plan = outcome.plan
    return {
        "topology": plan.topology,
        "seed": plan.seed,
        "pages": plan.pages,
        "faults": outcome.faults,
        "is_clean": outcome.is_clean,
        "findings": outcome.findings[:200],
        "loud": dict(outcome.logbook.loud),
        "dead": outcome.dead,
        "poured_s": outcome.poured_s,
        "drained_s": outcome.drained_s,
        "cpu_s": outcome.cpu_s,
        "load": outcome.load,
        "timeline": outcome.timeline,
        "samples": outcome.samples,
    }


def write_record(outcome: Outcome, folder: Path) -> Path:
    """Keep the record as a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{outcome.plan.topology}-{outcome.plan.pages}-{outcome.plan.seed}.json"
    path.write_text(json.dumps(record_of(outcome)))
    return path

"""How a chaos run is told: a row of the table, its findings, its record for the plot."""

import json
from pathlib import Path
from typing import Any

from .outcome import Outcome

HEAD = (
    "| archive | seed | pages | kill -9 | Redis kill -9 | other faults | lost | doubled | wrong | dead letters | unfinished "
    "| unexplained | minutes | load | CPU ms a page |\n" + 15 * "|---" + "|"
)
Record = dict[str, Any]
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def row_of(record: Record) -> str:
    """The run as one row of the table. `lost` counts what a subscriber missed, too."""
    faults = dict(record["faults"])
    kills, server_kills = faults.pop("kill -9", 0), faults.pop("Redis kill -9", 0)
    tails = faults.pop("AOF tail cut", 0)
    cells = [
        NAMES[record["topology"]],
        ", ".join([str(record["seed"]), *record.get("extra", ())]),
        f"{record['pages']:,}",
        kills,
        f"{server_kills}, {tails} with a cut tail" if tails else server_kills,
        ", ".join(f"{count} × {fault}" for fault, count in sorted(faults.items())),
        *(record["counts"][name] for name in ("lost", "doubled", "wrong")),
        f"{record['dead']} of {record['expected_dead']}",
        *(record["counts"][name] for name in ("unfinished", "unexplained")),
        f"{record['poured_s'] / 60:.0f} + {record['drained_s'] / 60:.1f}",
        f"{record['load']:.0f}",
        ", ".join(
            f"{name} {1e3 * spent / record['pages']:.1f}" for name, spent in sorted(record["cpu_s"].items())
        ),
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def table_of(folder: Path) -> str:
    """All runs whose records lie in a folder, a row each."""
    records = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")]
    records.sort(key=lambda record: (record["topology"], record["seed"]))
    return "\n".join([HEAD, *map(row_of, records)])


def record_of(outcome: Outcome) -> Record:
    """The run as JSON values, for the table, the plot and whoever asks later."""
    plan = outcome.plan
    return {
        "topology": plan.topology,
        "seed": plan.seed,
        "extra": sorted(plan.extra),
        "pages": plan.pages,
        "faults": outcome.faults,
        "is_clean": outcome.is_clean,
        "counts": _counts(outcome),
        "findings": outcome.findings[:200],
        "loud": dict(outcome.logbook.loud),
        "dead": outcome.dead,
        "expected_dead": outcome.expected_dead,
        "poured_s": outcome.poured_s,
        "drained_s": outcome.drained_s,
        "cpu_s": outcome.cpu_s,
        "load": outcome.load,
        "timeline": outcome.timeline,
        "samples": outcome.samples,
    }


def _counts(outcome: Outcome) -> dict[str, int | str]:
    """What a run that was not finished has lost is not known."""
    verdict, letters = outcome.verdict, outcome.letters
    late = len(verdict.late) + len(letters.late) + len(outcome.missed)
    return {
        "lost": "not finished" if outcome.unfinished else late,
        "doubled": len(verdict.doubled) + len(letters.doubled),
        "wrong": len(verdict.wrong) + len(letters.wrong),
        "unfinished": sum(outcome.unfinished.values()),
        "unexplained": len(outcome.logbook.unexplained),
    }


def write_record(outcome: Outcome, folder: Path) -> Path:
    """Keep the record as a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = outcome.plan
    name = "-".join([plan.topology, str(plan.pages), str(plan.seed), *sorted(plan.extra)])
    path = folder / f"{name}.json"
    path.write_text(json.dumps(record_of(outcome)))
    return path

"""The table of the chaos runs tells what a run's record says, the worst included."""

import json
from pathlib import Path
from typing import Any

from bench.chaos.logbook import Logbook
from bench.chaos.outcome import Outcome, Plan
from bench.chaos.report import HEAD, record_of, row_of, table_of
from bench.chaos.verdict import Verdict


def outcome(**facts: Any) -> Outcome:
    whole: dict[str, Any] = {
        "plan": Plan(pages=200, poison_each=2),
        "verdict": Verdict(),
        "letters": Verdict(),
        "missed": [],
        "unfinished": {},
        "logbook": Logbook(),
        "faults": {"kill -9": 4, "Redis kill -9": 3, "AOF tail cut": 1, "partition": 2},
        "timeline": [],
        "dead": 11,
        "poured_s": 600.0,
        "drained_s": 90.0,
        "cpu_s": {"store": 2.0},
        "load": 3.4,
    }
    return Outcome(**{**whole, **facts})


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("| ").split("|")]


def test_row_tells_kills_apart_from_other_faults() -> None:
    found = dict(zip(cells(HEAD.split("\n")[0]), cells(row_of(record_of(outcome()))), strict=True))
    assert (found["kill -9"], found["Redis kill -9"]) == ("4", "3, 1 with a cut tail")
    assert found["other faults"] == "2 × partition"
    assert (found["dead letters"], found["minutes"]) == ("11 of 11", "10 + 1.5")
    assert found["CPU ms a page"] == "store 10.0"


def test_what_a_subscriber_missed_counts_as_lost() -> None:
    record = record_of(outcome(verdict=Verdict(late=["a"], doubled=["b"]), missed=["c"]))
    assert (record["counts"]["lost"], record["counts"]["doubled"]) == (2, 1)
    assert not record["is_clean"]


def test_run_that_was_not_finished_is_told_as_such() -> None:
    record = record_of(outcome(verdict=Verdict(late=["not finished"]), unfinished={"articles.raw lag": 7}))
    assert (record["counts"]["lost"], record["counts"]["unfinished"]) == ("not finished", 7)
    assert not record["is_clean"]


def test_table_has_a_row_for_each_recorded_run(tmp_path: Path) -> None:
    for seed in (2, 1):
        record = {**record_of(outcome()), "seed": seed}
        (tmp_path / f"{seed}.json").write_text(json.dumps(record))
    rows = table_of(tmp_path).removeprefix(HEAD).strip().split("\n")
    assert [cells(row)[1] for row in rows] == ["1", "2"]

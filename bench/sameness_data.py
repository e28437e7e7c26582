"""The shared data sets of sameness and stories, and the scores they are judged by. Read only; skipped where absent."""

import gzip
import json
import os
import random
import zlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

from services.store.core.agreement import b_cubed as agreement_of

SHARED = Path(os.environ.get("CLEANWIRE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
FOLDER = SHARED / "data" / "dedup"
ABSENT = f"the data sets are not here; CLEANWIRE_SHARED may name the folder that holds data/dedup (looked in {SHARED.name})"


def read_rows(name: str) -> list[dict[str, Any]]:
    """The rows of one set, in order."""
    with gzip.open(FOLDER / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def same_article_pairs() -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """Pairs of real articles judged the same by a reader, and those the reader left open."""
    judged = json.loads((FOLDER / "events_same_article.json").read_text(encoding="utf-8"))
    return {frozenset(pair) for pair in judged["same_article"]}, {
        frozenset(pair) for pair in judged["ambiguous"]
    }


def half_of(key: Hashable) -> int:
    """Which half of a set something belongs to, by a hash of its event: 0 or 1."""
    return zlib.crc32(str(key).encode()) & 1


def b_cubed(found: Sequence[Hashable], true: Sequence[Hashable]) -> tuple[float, float, float]:
    """B-cubed precision, recall and F of one labelling against another."""
    agreement = agreement_of(found, true)
    return agreement.precision, agreement.recall, agreement.f


def shuffled(count: int, seed: int) -> list[int]:
    """The places 0..count-1 in an order that depends on the seed alone."""
    places = list(range(count))
    random.Random(seed).shuffle(places)
    return places


def print_table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table as Markdown, on stdout."""
    print(f"\n### {title}\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(f'{cell:.4f}' if isinstance(cell, float) else str(cell) for cell in row)} |")


def pair_f1(rows: Sequence[dict[str, Any]], same: Callable[[int], bool], language: str) -> float:
    """F1 of "same event" over the judged pairs of one language; `same` says what we think of the n-th."""
    chosen: list[tuple[bool, bool]] = [
        (row["label"] == "OK", same(place)) for place, row in enumerate(rows) if row["lang"] == language
    ]
    hits = sum(true and found for true, found in chosen)
    return 2 * hits / (sum(true for true, _ in chosen) + sum(found for _, found in chosen))

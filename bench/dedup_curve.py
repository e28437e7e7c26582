"""The curves that chose the constants of sameness: containment, lead, order of words, sketch size."""

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from bench.sameness_data import ABSENT, FOLDER, b_cubed, print_table, read_rows, same_article_pairs
from services.store.core.fingerprint import COMMON_AFTER, SHARED_HASHES, fingerprint_of
from services.store.core.groups import groups_of
from services.store.core.similarity import (
    NEAR_CONTAINMENT,
    SAME_CONTAINMENT,
    SAME_HEAD,
    SAME_HEADLINE,
    SAME_ORDER,
    Compared,
    kept_in_order,
)


@dataclass(frozen=True)
class Pair:
    """Two articles of a set that share hashes enough, fully measured."""

    one: int
    other: int
    containment: float
    head: float
    headline: float
    in_order: float


Rule = Callable[[Pair], bool]


def main(argv: list[str]) -> int:
    """Print B³ on the synthetic copies and hits on the real pairs for one constant at a time, the others as they are."""
    if argv:
        print(f"bench dedup-curve takes no arguments, got {' '.join(argv)}", file=sys.stderr)
        return 2
    if not FOLDER.is_dir():
        print(f"skipped: {ABSENT}", file=sys.stderr)
        return 0
    copies, events = read_rows("copies.jsonl.gz"), read_rows("events.jsonl.gz")
    sets = (copies, _pairs(copies)), (events, _pairs(events))
    _curve(
        "containment alone",
        sets,
        [(f"{t:.2f}", _rule(full=t, near=9)) for t in (0.40, 0.45, 0.50, 0.55, 0.60, 0.65)],
    )
    _curve(
        f"order of words, for containment of {NEAR_CONTAINMENT} to {SAME_CONTAINMENT}",
        sets,
        [(f"{t:.2f}", _rule(order=t)) for t in (0.70, 0.74, 0.78, 0.80, 0.82, 0.86, 0.90)],
    )
    _curve("lead", sets, [(f"{t:.2f}", _rule(head=t)) for t in (0.0, 0.05, 0.10, 0.20, 0.40)])
    _curve(
        "headline where the lead is lost",
        sets,
        [(f"{t:.2f}", _rule(headline=t)) for t in (0.5, 0.75, 1.0, 9)],
    )
    return 0


def _rule(
    *,
    full: float = SAME_CONTAINMENT,
    near: float = NEAR_CONTAINMENT,
    order: float = SAME_ORDER,
    head: float = SAME_HEAD,
    headline: float = SAME_HEADLINE,
) -> Rule:
    def is_same(pair: Pair) -> bool:
        text = pair.containment >= full or (pair.containment >= near and pair.in_order >= order)
        return text and (pair.head >= head or pair.headline >= headline)

    return is_same


def _curve(
    name: str, sets: Sequence[tuple[list[dict[str, Any]], list[Pair]]], rules: Sequence[tuple[str, Rule]]
) -> None:
    (copies, copy_pairs), (events, event_pairs) = sets
    same, left_open = same_article_pairs()
    lines = []
    for value, rule in rules:
        labels = _labels(len(copies), [pair for pair in copy_pairs if rule(pair)])
        found = {frozenset((events[p.one]["id"], events[p.other]["id"])) for p in event_pairs if rule(p)}
        scores = b_cubed(labels, [row["group"] for row in copies])
        lines.append((value, *scores, len(found & same), len(found - same - left_open)))
    head = ("value", "copies B³ P", "R", "F", f"real pairs of {len(same)}", "false")
    print_table(name, head, lines)


def _pairs(rows: list[dict[str, Any]]) -> list[Pair]:
    """Every candidate pair, measured in full."""
    texts = [Compared(row["title"], row["text"]) for row in rows]
    owners: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        for h in fingerprint_of(row["title"], row["text"]).sketch:
            owners[h].append(place)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for places in owners.values():
        if len(places) <= COMMON_AFTER:
            for pair in combinations(places, 2):
                shared[pair] += 1
    return [_measured(texts, *pair) for pair, count in shared.items() if count >= SHARED_HASHES]


def _measured(texts: list[Compared], one: int, other: int) -> Pair:
    edge = texts[one].edge_to("", texts[other])
    doubtful = 0.35 <= edge.containment < 0.70 and edge.kind == "text"
    in_order = (
        kept_in_order(texts[one].words, texts[other].words) if doubtful else float(edge.containment >= 0.7)
    )
    return Pair(one, other, edge.containment, edge.head_containment, edge.headline, in_order)


def _labels(count: int, pairs: Sequence[Pair]) -> list[str]:
    names = [f"{place:06}" for place in range(count)]
    groups = groups_of(names, [(names[pair.one], names[pair.other]) for pair in pairs])
    label = {name: min(group) for group in groups for name in group}
    return [label[name] for name in names]

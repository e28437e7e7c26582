"""How well copies are found: ours beside datasketch, rensa and simhash on the same data in the same run."""

import argparse
import hashlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.dedup_peers import Peer, add_option, run_peers
from bench.sameness_data import (
    ABSENT,
    FOLDER,
    b_cubed,
    half_of,
    print_table,
    read_rows,
    same_article_pairs,
    shuffled,
)
from services.store.core.fingerprint import COMMON_AFTER, SHARED_HASHES, fingerprint_of
from services.store.core.groups import canonical_of, groups_of
from services.store.core.members import Candidate, Member
from services.store.core.verdict import judge
from services.store.core.words import words_of

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class PureStore:
    """The decisions of the store without a database: what the archive must equal."""

    members: dict[str, Member] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)
    near_misses: int = 0
    compared: int = 0
    capped: int = 0
    _owners: dict[object, list[str]] = field(default_factory=lambda: defaultdict(list))

    def claim(self, member: Member) -> bool:
        """Judge and keep one article; whether something it equals was there before."""
        print_ = fingerprint_of(member.title, member.text)
        shared = Counter(
            name for h in print_.sketch for name in self._owners[h] if len(self._owners[h]) <= COMMON_AFTER
        )
        same_text = self._owners[print_.text_hash] if print_.text_hash else []
        found = {name for name, count in shared.items() if count >= SHARED_HASHES} | set(same_text)
        verdict = judge(member, None, [Candidate(self.members[name], shared[name]) for name in found])
        for key in (*print_.sketch, *([print_.text_hash] if print_.text_hash else [])):
            self._owners[key].append(member.article_id)
        self.members[member.article_id] = member
        self.edges += [(member.article_id, edge.article_id) for edge in verdict.edges]
        self.near_misses += len(verdict.near_misses)
        self.compared += len(found)
        self.capped += verdict.capped
        return bool(verdict.edges)

    def canonicals(self) -> dict[str, str]:
        """For each article the canonical of its group."""
        groups = groups_of(self.members, self.edges)
        named = [(canonical_of([self.members[name] for name in group]), group) for group in groups]
        return {name: canonical for canonical, group in named for name in group}


def member_of(row: dict[str, Any]) -> Member:
    """A row as the store sees it: an outlet of its own, no date."""
    article_id = hashlib.sha256(str(row["id"]).encode()).hexdigest()[:32]
    seen = START + timedelta(seconds=int(article_id[:4], 16))
    url = f"https://{article_id}.invalid/"
    return Member(
        article_id, url, article_id, row["title"], row["text"], seen, seen, str(row["id"]), str(row["id"])
    )


def main(argv: list[str]) -> int:
    """Print the tables: copies, real pairs, order, speed; `--orders N` shuffles (20), `--no-peers`."""
    options = _parsed(argv)
    if not FOLDER.is_dir():
        print(f"skipped: {ABSENT}", file=sys.stderr)
        return 0
    rows = read_rows("copies.jsonl.gz")
    peers = list(run_peers(options.peers_python, _words_of(rows)))
    _print_copies(rows, peers)
    _print_real_pairs(options.peers_python)
    _print_orders(rows, options.orders)
    _print_speed(rows, peers)
    return 0


def _parsed(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench dedup", description=main.__doc__)
    parser.add_argument("--orders", type=int, default=20)
    add_option(parser)
    return parser.parse_args(argv)


def _words_of(rows: list[dict[str, Any]]) -> list[list[str]]:
    return [words_of(row["text"]) for row in rows]


def _print_copies(rows: list[dict[str, Any]], peers: Sequence[Peer]) -> None:
    true = [row["group"] for row in rows]
    store, caught = _claimed(rows, shuffled(len(rows), 0))
    canonicals = store.canonicals()
    labels = [canonicals[member_of(row).article_id] for row in rows]
    lines = [_copy_line("cleanwire", labels, true, caught)]
    for half in (0, 1):
        chosen = [place for place, group in enumerate(true) if half_of(group) == half]
        part = [labels[place] for place in chosen], [true[place] for place in chosen]
        lines.append(_copy_line(f"cleanwire, half {half} by group", *part, None))
    lines += [_copy_line(peer.name, peer.labels, true, None) for peer in peers]
    head = ("who", "reprints in their group", "caught on arrival", "B³ precision", "B³ recall", "B³ F")
    print_table(f"copies.jsonl.gz: {len(rows)} articles, distractors counted in", head, lines)
    print(
        f"\ncandidates per article {store.compared / len(rows):.1f}; near misses {store.near_misses}; capped {store.capped}"
    )


def _copy_line(name: str, labels: Sequence[str], true: Sequence[Any], caught: float | None) -> list[object]:
    return [name, _in_their_group(labels, true), "" if caught is None else caught, *b_cubed(labels, true)]


def _in_their_group(labels: Sequence[str], true: Sequence[Any]) -> float:
    """Share of the reprints (all but one of each true group) that ended in the largest found part of it."""
    found, reprints = 0, 0
    parts: dict[Any, Counter[str]] = defaultdict(Counter)
    for label, group in zip(labels, true, strict=True):
        parts[group][label] += 1
    for counts in parts.values():
        found += counts.most_common(1)[0][1] - 1
        reprints += counts.total() - 1
    return found / reprints


def _claimed(rows: list[dict[str, Any]], order: Sequence[int]) -> tuple[PureStore, float]:
    """The rows through a fresh store in this order, and the share of reprints tied to something on arrival."""
    store, seen, caught, reprints = PureStore(), set(), 0, 0
    for place in order:
        tied, group = store.claim(member_of(rows[place])), rows[place]["group"]
        reprints += group in seen
        caught += tied and group in seen
        seen.add(group)
    return store, caught / max(reprints, 1)


def _print_real_pairs(peers_python: Path | None) -> None:
    rows = read_rows("events.jsonl.gz")
    same, open_pairs = same_article_pairs()
    store, _ = _claimed(rows, range(len(rows)))
    ids = {member_of(row).article_id: row["id"] for row in rows}
    ours = {frozenset((ids[one], ids[other])) for one, other in store.edges}
    lines = [("cleanwire", len(ours & same), len(ours - same - open_pairs), len(ours & open_pairs))]
    for peer in run_peers(peers_python, _words_of(rows)):
        pairs = _pairs_of(rows, peer.labels)
        lines.append((peer.name, len(pairs & same), len(pairs - same - open_pairs), len(pairs & open_pairs)))
    head = ("who", f"found of {len(same)}", "false", f"of {len(open_pairs)} left open by the reader")
    print_table("real same-article pairs (events.jsonl.gz); peers: pairs within a group", head, lines)


def _pairs_of(rows: list[dict[str, Any]], labels: Sequence[str]) -> set[frozenset[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for row, label in zip(rows, labels, strict=True):
        groups[label].append(row["id"])
    return {
        frozenset((a, b)) for group in groups.values() for place, a in enumerate(group) for b in group[:place]
    }


def _print_orders(rows: list[dict[str, Any]], orders: int) -> None:
    first, caught = _claimed(rows, range(len(rows)))
    expected, differing, shares = first.canonicals(), 0, [caught]
    for seed in range(orders):
        store, caught = _claimed(rows, shuffled(len(rows), seed))
        shares.append(caught)
        differing += sum(expected[name] != canonical for name, canonical in store.canonicals().items())
    line = (orders, len(rows), differing, min(shares), sum(shares) / len(shares))
    head = ("orders", "articles", "whose group or canonical differs", "caught on arrival, least", "mean")
    print_table("order of arrival", head, [line])


def _print_speed(rows: list[dict[str, Any]], peers: Sequence[Peer]) -> None:
    began = time.process_time()
    for row in rows:
        fingerprint_of(row["title"], row["text"])
    fingerprinting = (time.process_time() - began) / len(rows) * 1e3
    began = time.process_time()
    _claimed(rows, range(len(rows)))
    judging = (time.process_time() - began) / len(rows) * 1e3
    lines: list[tuple[object, ...]] = [
        ("cleanwire, fingerprint alone", fingerprinting),
        ("cleanwire, looked up, verified on the texts, added", judging),
    ]
    lines += [(f"{peer.name}: looked up, added, nothing verified", peer.cpu_ms) for peer in peers]
    print_table("CPU of an article, one thread, in memory", ("who", "CPU ms"), lines)

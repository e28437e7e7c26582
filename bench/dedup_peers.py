"""The peers of `bench dedup`: MinHash-LSH of datasketch and rensa, SimHash; components of their unverified hits."""

import importlib
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from services.store.core.groups import groups_of
from services.store.core.words import words_of

Rows = list[dict[str, Any]]
Labeller = Callable[[Rows], list[str]]
PERMUTATIONS = 128
"""datasketch's default; both MinHash libraries get the same."""


def peers() -> Iterator[tuple[str, Labeller]]:
    """The peers that are installed, each at the threshold its documentation uses and at a lower one."""
    if _installed("datasketch"):
        for threshold in (0.5, 0.3):
            yield f"datasketch MinHash-LSH, T {threshold}", lambda rows, t=threshold: _datasketch(rows, t)
    if _installed("rensa"):
        for threshold in (0.5, 0.3):
            yield f"rensa R-MinHash-LSH, T {threshold}", lambda rows, t=threshold: _rensa(rows, t)
    if _installed("simhash"):
        for bits in (3, 10):
            yield f"simhash, at most {bits} bits", lambda rows, b=bits: _simhash(rows, b)


def _installed(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        print(f"skipped: {name} is not installed (pip install {name})", file=sys.stderr)
        return False
    return True


def _shingles(row: dict[str, Any]) -> list[str]:
    words = words_of(row["text"])
    return [" ".join(words[place : place + 5]) for place in range(max(1, len(words) - 4))]


def _labels(rows: Rows, hits: Iterable[tuple[str, str]]) -> list[str]:
    names = [str(place) for place in range(len(rows))]
    groups = groups_of(names, hits)
    named = {name: min(group) for group in groups for name in group}
    return [named[name] for name in names]


def _datasketch(rows: Rows, threshold: float) -> list[str]:
    datasketch = importlib.import_module("datasketch")
    index = datasketch.MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    hits = []
    for place, row in enumerate(rows):
        signature = datasketch.MinHash(num_perm=PERMUTATIONS)
        signature.update_batch([shingle.encode() for shingle in _shingles(row)])
        hits += [(str(place), found) for found in index.query(signature)]
        index.insert(str(place), signature)
    return _labels(rows, hits)


def _rensa(rows: Rows, threshold: float) -> list[str]:
    rensa = importlib.import_module("rensa")
    index = rensa.RMinHashLSH(
        threshold=threshold, num_perm=PERMUTATIONS, num_bands=32 if threshold >= 0.5 else 64
    )
    hits = []
    for place, row in enumerate(rows):
        signature = rensa.RMinHash(num_perm=PERMUTATIONS, seed=42)
        signature.update(_shingles(row))
        hits += [(str(place), str(found)) for found in index.query(signature)]
        index.insert(place, signature)
    return _labels(rows, hits)


def _simhash(rows: Rows, bits: int) -> list[str]:
    simhash = importlib.import_module("simhash")
    values = [simhash.Simhash([" ".join(s.split()[:3]) for s in _shingles(row)]).value for row in rows]
    exact: dict[int, list[int]] = defaultdict(list)
    for place, value in enumerate(values):
        exact[value].append(place)
    hits = [(str(group[0]), str(other)) for group in exact.values() for other in group[1:]]
    leaders = sorted(exact)
    for place, one in enumerate(leaders):
        for other in leaders[:place]:
            if (one ^ other).bit_count() <= bits:
                hits.append((str(exact[one][0]), str(exact[other][0])))
    return _labels(rows, hits)

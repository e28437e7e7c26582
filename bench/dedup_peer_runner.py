"""One peer over texts given as words on stdin; started with the Python of the peers' environment.

It imports that peer and nothing of this project. In: JSON `{"peer", "threshold", "texts": [[word, ...], ...]}`. Out: JSON
`{"version", "cpu_s", "hits": [[one, other], ...]}`, the pairs it takes for the same, unverified.
"""

import json
import sys
import time
from collections import defaultdict
from importlib.metadata import version
from typing import Any

PERMUTATIONS = 128
"""datasketch's default; both MinHash libraries get the same."""
Texts = list[list[str]]
Hits = list[tuple[int, int]]


def main() -> None:
    asked: dict[str, Any] = json.load(sys.stdin)
    find = {"datasketch": _datasketch, "rensa": _rensa, "simhash": _simhash}[asked["peer"]]
    find(asked["texts"][:2], asked["threshold"])  # imports are not its work
    began = time.process_time()
    hits = find(asked["texts"], asked["threshold"])
    found = {"version": version(asked["peer"]), "cpu_s": time.process_time() - began, "hits": hits}
    json.dump(found, sys.stdout)


def _shingles(words: list[str], length: int = 5) -> list[str]:
    return [" ".join(words[place : place + length]) for place in range(max(1, len(words) - length + 1))]


def _datasketch(texts: Texts, threshold: float) -> Hits:
    import datasketch

    index = datasketch.MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    hits = []
    for place, words in enumerate(texts):
        signature = datasketch.MinHash(num_perm=PERMUTATIONS)
        signature.update_batch([shingle.encode() for shingle in _shingles(words)])
        hits += [(place, int(found)) for found in index.query(signature)]
        index.insert(str(place), signature)
    return hits


def _rensa(texts: Texts, threshold: float) -> Hits:
    import rensa

    bands = 32 if threshold >= 0.5 else 64
    index = rensa.RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=bands)
    hits = []
    for place, words in enumerate(texts):
        signature = rensa.RMinHash(num_perm=PERMUTATIONS, seed=42)
        signature.update(_shingles(words))
        hits += [(place, int(found)) for found in index.query(signature)]
        index.insert(place, signature)
    return hits


def _simhash(texts: Texts, bits: float) -> Hits:
    import simhash

    values = [simhash.Simhash(_shingles(words, 3)).value for words in texts]
    exact: dict[int, list[int]] = defaultdict(list)
    for place, value in enumerate(values):
        exact[value].append(place)
    hits = [(group[0], other) for group in exact.values() for other in group[1:]]
    leaders = sorted(exact)
    for place, one in enumerate(leaders):
        hits += [
            (exact[one][0], exact[other][0]) for other in leaders[:place] if (one ^ other).bit_count() <= bits
        ]
    return hits


if __name__ == "__main__":
    main()

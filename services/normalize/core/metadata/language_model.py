"""py3langid's model in a form of a fifth of its size: the answers are the same, the text is read at once."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from py3langid import langid, modelio

STATES_AT_ONCE = 4_096  # rows of the automaton in hand while it is read: 4 MB
BYTE_BITS = 8


class LanguageModel:
    """Which of `languages` a text is written in, by the runs of bytes (up to six) that it holds.

    The library's automaton has a row of 256 next states for each of its 104,583 states, 40 MB; nearly all of them
    follow from the others. Kept are its edges alone, as the sorted numbers `state * 256 + byte`: the edge at place n
    leads to state n + 1. What a state tells is the feature of the longest run that ends there.
    """

    def __init__(self, languages: Sequence[str]) -> None:
        path = Path(langid.__file__).parent / langid.MODEL_FILE
        weights, prior, classes, next_states, row_of_state, features = modelio.load_model(path)
        rows = np.frombuffer(next_states, dtype=np.dtype(next_states.typecode)).reshape(-1, 1 << BYTE_BITS)
        order, self._edges = _edges_of(rows, np.asarray(row_of_state))
        self._features = np.asarray(features, dtype=np.int32)[order]
        columns = [at for at, one in enumerate(classes) if one in set(languages)]
        self._classes: list[str] = [classes[at] for at in columns]
        self._weights = np.ascontiguousarray(weights[:, columns])
        self._prior = prior[columns]

    def language_of(self, text: str) -> str:
        """The likeliest language; the first of all for a text without a single known run."""
        counts = Counter(self._features_in(_bytes_of(text)))
        if not counts:
            return self._classes[0]
        seen = np.fromiter(counts, dtype=np.intp, count=len(counts))
        times = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        scores = np.log1p(times) @ self._weights[seen] + self._prior
        return self._classes[int(scores.argmax())]

    def _features_in(self, letters: Any) -> list[int]:
        """Of every place, the feature of the longest run that ends there, where it has one."""
        states = np.zeros(len(letters), dtype=np.uint32)
        starts, runs, length = np.arange(len(letters)), states, 0
        while len(starts):
            keys = (runs << BYTE_BITS) | letters[starts + length]
            edges = np.searchsorted(self._edges, keys)
            known = self._edges[edges] == keys
            starts, runs = starts[known], edges[known].astype(np.uint32) + 1
            states[starts + length] = runs  # longer runs come later and win
            length += 1
            inside = starts + length < len(letters)
            starts, runs = starts[inside], runs[inside]
        features: list[int] = self._features[states].tolist()
        return [feature for feature in features if feature >= 0]


def _bytes_of(text: str) -> Any:
    low = text.lower() if text.isupper() else text
    raw = unicodedata.normalize("NFC", low).encode("utf-8", "surrogatepass")
    return np.frombuffer(raw, dtype=np.uint8)


def _edges_of(rows: Any, row_of_state: Any) -> tuple[Any, Any]:
    """The automaton's states in the order of their breadth, and its edges in numbers of that order.

    A state that is first met after n bytes stands for a run of n bytes, and only one edge leads to it from a shorter one.
    """
    met = np.zeros(len(row_of_state), dtype=bool)
    met[0] = True
    levels, edges, first = [np.zeros(1, dtype=np.int64)], [], 0
    while len(levels[-1]):
        parents, letters, children = _fresh(levels[-1], rows, row_of_state, met)
        met[children] = True
        edges.append(((parents + first) << BYTE_BITS) | letters)
        first += len(levels[-1])
        levels.append(children)
    beyond = np.iinfo(np.uint32).max  # so that a search past the last edge finds none
    return np.concatenate(levels), np.append(np.concatenate(edges), beyond).astype(np.uint32)


def _fresh(level: Any, rows: Any, row_of_state: Any, met: Any) -> tuple[Any, Any, Any]:
    """The edges from the states of one level to those not met before: places in the level, bytes, states."""
    found = []
    for begin in range(0, len(level), STATES_AT_ONCE):
        following = rows[row_of_state[level[begin : begin + STATES_AT_ONCE]]]
        parents, letters = np.nonzero(~met[following])
        found.append((parents + begin, letters, following[parents, letters].astype(np.int64)))
    parents, letters, children = map(np.concatenate, zip(*found, strict=True))
    return parents, letters, children

"""Small trees over the named features: what they add to the second pass's log-odds. Training is in bench/extraction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from services.normalize.core.judging.columns import Columns, Key, names_of, stacked
from services.normalize.core.reading.compiled import Verdicts


@dataclass(frozen=True, slots=True, eq=False)
class BoostedTrees:
    """Each tree asks the same few questions of every candidate, "is this feature above this number?", and adds the value
    that stands where the answers lead.

    `features` and `thresholds` hold a row a tree and a column a question; `values` a row a tree and a column for each
    row of answers, read as a binary number, the first question's digit first. A feature of the second pass is asked for
    as `around.NAME`.
    """

    features: tuple[tuple[str, ...], ...]
    thresholds: Any
    values: Any

    def score(self, first: Columns, second: Columns, by: Verdicts | None = None) -> Any:
        """What to add to each candidate's log-odds, from the features of both passes; `by` C where it is at hand."""
        rows, keys = np.concatenate((stacked(first), stacked(second))), (tuple(first), tuple(second))
        candidates, depth = rows.shape[1], self.thresholds.shape[1]
        if by is not None and candidates > 1:  # of a single one numpy adds up the values in another order
            return np.frombuffer(by.sum_trees(rows, *_questions(self, *keys), self.values, candidates, depth))
        count, width = self.values.shape
        answers = rows.take(_places(self, *keys), 0) > self.thresholds.T[:, :, None]
        leaves = answers[0].astype(np.int64)
        for more in answers[1:]:
            leaves += leaves
            leaves += more
        leaves += width * np.arange(count)[:, None]
        return self.values.take(leaves).sum(0)


@lru_cache(64)
def _places(trees: BoostedTrees, first: tuple[Key, ...], second: tuple[Key, ...]) -> Any:
    """The row of each question's feature, a line a question: the same for every page, so looked up once."""
    row_of = {name: row for row, name in enumerate(names_of_both(first, second))}
    if unknown := sorted({name for asked in trees.features for name in asked} - row_of.keys()):
        raise ValueError(
            f"the trees ask for features that the code has not: {', '.join(unknown)}; train anew"
        )
    return np.array([[row_of[name] for name in asked] for asked in zip(*trees.features, strict=True)])


@lru_cache(64)
def _questions(trees: BoostedTrees, first: tuple[Key, ...], second: tuple[Key, ...]) -> tuple[Any, Any, Any]:
    """The different questions, features' rows and thresholds, and of each tree the places of its own among them."""
    rows = _places(trees, first, second).T
    pairs = zip(rows.ravel().tolist(), trees.thresholds.ravel().tolist(), strict=True)
    place_of: dict[tuple[int, float], int] = {}
    asked = [place_of.setdefault(pair, len(place_of)) for pair in pairs]
    return (
        np.array([row for row, _ in place_of], np.int64),
        np.array([threshold for _, threshold in place_of], np.float64),
        np.array(asked, np.int64),
    )


def names_of_both(first: Iterable[Key], second: Iterable[Key]) -> tuple[str, ...]:
    """The names by which trees ask for the features of both passes, in their order."""
    return (*names_of(first), *(f"around.{name}" for name in names_of(second)))


def trees_from(rows: Sequence[dict[str, Any]]) -> BoostedTrees:
    """The trees as they are written down: `asks` pairs of feature and threshold, `adds` the values."""
    return BoostedTrees(
        tuple(tuple(name for name, _ in row["asks"]) for row in rows),
        np.array([[threshold for _, threshold in row["asks"]] for row in rows]),
        np.array([row["adds"] for row in rows]),
    )


def rows_from(trees: BoostedTrees) -> list[dict[str, Any]]:
    """The reverse of `trees_from`."""
    return [
        {"asks": [list(one) for one in zip(names, asked, strict=True)], "adds": adds}
        for names, asked, adds in zip(
            trees.features, trees.thresholds.tolist(), trees.values.tolist(), strict=True
        )
    ]

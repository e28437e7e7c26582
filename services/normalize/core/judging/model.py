"""The model: named weights from weights.json, applied twice, and the trees of boosted_trees.json. Training is in bench/extraction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from services.normalize.core.judging.boosted_trees import BoostedTrees, trees_from
from services.normalize.core.judging.columns import Columns, Key, names_of, stacked

WEIGHTS_FILE = "weights.json"
TREES_FILE = "boosted_trees.json"  # for HTML pages; on dumps trees gain nothing (decision 0117)


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Log-odds = bias + the sum of weight x feature, by the features' names."""

    weights: Mapping[str, float]
    bias: float

    def score(self, columns: Columns) -> Any:
        """The log-odds that each candidate is article text; a feature without a weight, or the reverse, is an error."""
        return np.dot(_in_order(self, tuple(columns)), stacked(columns)) + self.bias


@lru_cache(64)
def _in_order(linear: Linear, keys: tuple[Key, ...]) -> Any:
    """The weights in the order of these columns: the same for every page, so looked up once."""
    names = names_of(keys)
    if linear.weights.keys() != set(names):
        odd = ", ".join(sorted(linear.weights.keys() ^ set(names)))
        raise ValueError(f"{WEIGHTS_FILE} does not fit the features of the code: {odd}; train anew")
    return np.array([linear.weights[name] for name in names])


@dataclass(frozen=True, slots=True)
class Passes:
    """The two passes for one kind of page, and the trees that correct the second; None where there are none."""

    first: Linear
    second: Linear
    trees: BoostedTrees | None = None


@cache
def shipped_passes(kind: str) -> Passes:
    """The passes for `html` or `text` pages as shipped."""
    table = _read(WEIGHTS_FILE)[kind]
    trees = trees_from(_read(TREES_FILE)) if kind == "html" else None
    return Passes(_linear(table["first"]), _linear(table["second"]), trees)


def _read(name: str) -> Any:
    return json.loads(files("services.normalize.core.judging").joinpath(name).read_text(encoding="utf-8"))


def _linear(table: dict[str, float]) -> Linear:
    return Linear({name: weight for name, weight in table.items() if name != "bias"}, table["bias"])

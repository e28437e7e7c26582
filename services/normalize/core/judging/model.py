"""The linear classifier: named weights from judging/weights.json, applied twice. Training is in bench/extraction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from services.normalize.core.judging.columns import Columns, Key, names_of, stacked

WEIGHTS_FILE = "weights.json"


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
    """The two passes for one kind of page."""

    first: Linear
    second: Linear


@cache
def shipped_passes(kind: str) -> Passes:
    """The passes for `html` or `text` pages as shipped."""
    table = json.loads(
        files("services.normalize.core.judging").joinpath(WEIGHTS_FILE).read_text(encoding="utf-8")
    )[kind]
    return Passes(_linear(table["first"]), _linear(table["second"]))


def _linear(table: dict[str, float]) -> Linear:
    return Linear({name: weight for name, weight in table.items() if name != "bias"}, table["bias"])

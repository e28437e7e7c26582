"""The linear classifier: named weights from core/weights.json, applied twice. Training is in bench/extraction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from services.normalize.core.text_columns import Columns

WEIGHTS_FILE = "weights.json"


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Log-odds = bias + the sum of weight x feature, by the features' names."""

    weights: Mapping[str, float]
    bias: float

    def score(self, columns: Columns) -> Any:
        """The log-odds that each candidate is article text; a feature without a weight, or the reverse, is an error."""
        if self.weights.keys() != columns.keys():
            odd = ", ".join(sorted(self.weights.keys() ^ columns.keys()))
            raise ValueError(f"{WEIGHTS_FILE} does not fit the features of the code: {odd}; train anew")
        weights = [self.weights[name] for name in columns]
        return np.dot(weights, np.array(list(columns.values()), dtype=np.float64)) + self.bias


@dataclass(frozen=True, slots=True)
class Passes:
    """The two passes for one kind of page."""

    first: Linear
    second: Linear


@cache
def shipped_passes(kind: str) -> Passes:
    """The passes for `html` or `text` pages as shipped."""
    table = json.loads(files("services.normalize.core").joinpath(WEIGHTS_FILE).read_text(encoding="utf-8"))[
        kind
    ]
    return Passes(_linear(table["first"]), _linear(table["second"]))


def _linear(table: dict[str, float]) -> Linear:
    return Linear({name: weight for name, weight in table.items() if name != "bias"}, table["bias"])

"""The linear classifier: named weights from core/weights.json, one dot product a block, twice. Training is in bench/extraction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import mul

WEIGHTS_FILE = "weights.json"


@dataclass(frozen=True, slots=True)
class Linear:
    """Log-odds = bias + weights · features, in the order of the feature names."""

    weights: tuple[float, ...]
    bias: float

    def score(self, row: Sequence[float]) -> float:
        """The log-odds that a block with these features is article text."""
        return sum(map(mul, self.weights, row), self.bias)


@dataclass(frozen=True, slots=True)
class Passes:
    """The two passes for one kind of page."""

    first: Linear
    second: Linear


@cache
def read_passes(kind: str, first_names: tuple[str, ...], second_names: tuple[str, ...]) -> Passes:
    """The passes for `html` or `text` pages; a feature that the file does not name, or the code, is an error."""
    table = json.loads(files("services.normalize.core").joinpath(WEIGHTS_FILE).read_text(encoding="utf-8"))[
        kind
    ]
    return Passes(_linear(table["first"], first_names), _linear(table["second"], second_names))


def _linear(table: dict[str, float], names: tuple[str, ...]) -> Linear:
    weights = dict(table)
    bias = weights.pop("bias")
    if set(weights) != set(names):
        odd = sorted(set(weights) ^ set(names))
        raise ValueError(
            f"{WEIGHTS_FILE} does not fit the features of the code: {', '.join(odd)}; train anew"
        )
    return Linear(tuple(weights[name] for name in names), bias)

"""Which blocks to take, given how likely each is article text: the choice with the highest expected F1."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def best_selection(scores: Sequence[float | None], sizes: Any) -> list[int]:
    """The places of the likeliest blocks, cut off where the expected F1 over characters is highest, in page order.

    With p the chance and L the size of a block, taking the set S gives about 2·Σ_S pL / (Σ_S L + Σ pL). On a page whose
    blocks are all sure this is the same as chance > 1/2; on one of doubtful blocks it takes the best of them rather
    than none (Ye, Chai, Lee and Chieu, "Optimizing F-measure", 2012).
    """
    chosen = np.flatnonzero([score is not None for score in scores])
    chances = _chances(np.array([score for score in scores if score is not None], dtype=np.float64))
    weights: Any = np.asarray(sizes, dtype=np.float64)[chosen]
    order = np.argsort(-chances, kind="stable")
    expected = chances * weights
    f1 = 2 * np.cumsum(expected[order]) / (np.cumsum(weights[order]) + expected.sum())
    count = int(np.argmax(f1)) + 1 if len(f1) and f1.max() > 0 else 0
    return sorted(chosen[order[:count]].tolist())


def _chances(scores: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-np.clip(scores, -30.0, 30.0)))

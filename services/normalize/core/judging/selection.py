"""Which blocks to take, given how likely each is article text: the choice with the highest expected F1."""

from typing import Any

import numpy as np

from services.normalize.core.judging.context import chance


def best_selection(scores: Any, sizes: Any) -> Any:
    """The places of the likeliest blocks, cut off where the expected F1 over characters is highest; arrays of floats.

    With p the chance and L the size of a block, taking the set S gives about 2·Σ_S pL / (Σ_S L + Σ pL). On a page whose
    blocks are all sure this is the same as chance > 1/2; on one of doubtful blocks it takes the best of them rather
    than none (Ye, Chai, Lee and Chieu, "Optimizing F-measure", 2012).
    """
    if not len(scores):
        return np.zeros(0, np.int64)
    chances = chance(scores)
    order = np.argsort(-chances, kind="stable")
    expected = chances * sizes
    f1 = 2 * expected[order].cumsum() / (sizes[order].cumsum() + expected.sum())
    best = f1.argmax()
    return order[: best + 1] if f1[best] > 0 else order[:0]

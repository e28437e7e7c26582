"""Which blocks to take, given how likely each is article text: the choice with the highest expected F1."""

from collections.abc import Sequence
from math import exp


def best_selection(scores: Sequence[float | None], sizes: Sequence[float]) -> list[int]:
    """The places of the likeliest blocks, cut off where the expected F1 over characters is highest, in page order.

    With p the chance and L the size of a block, taking the set S gives about 2·Σ_S pL / (Σ_S L + Σ pL). On a page whose
    blocks are all sure this is the same as chance > 1/2; on one of doubtful blocks it takes the best of them rather
    than none (Ye, Chai, Lee and Chieu, "Optimizing F-measure", 2012).
    """
    likely = sorted(
        ((_chance(score), place) for place, score in enumerate(scores) if score is not None),
        key=lambda one: -one[0],
    )
    expected = sum(one * sizes[place] for one, place in likely)
    right = taken = best = 0.0
    count = 0
    for number, (one, place) in enumerate(likely, 1):
        right += one * sizes[place]
        taken += sizes[place]
        score = 2 * right / (taken + expected)
        if score > best:
            best, count = score, number
    return sorted(place for _, place in likely[:count])


def _chance(score: float) -> float:
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, score))))

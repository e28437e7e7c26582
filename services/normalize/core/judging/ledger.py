"""The cut ledger as plain values: every block of the page, kept or cut, with its reason."""

from collections.abc import Sequence

import numpy as np
from typing_extensions import TypedDict

from services.normalize.core.judging.keep import JudgedBlock
from services.normalize.core.reading.compiled import Verdicts

THOUSAND = 1_000
NEAR_HALF = 1e-6  # of a thousandth: there the product's own rounding could tip the scale


class LedgerLine(TypedDict):
    """One block with its verdict; the fields are those of `contracts.messages.Block`, in their order."""

    text: str
    kind: str
    kept: bool
    reason: str
    rule: str
    score: float | None


KEYS = tuple(LedgerLine.__annotations__)


def ledger_of(judged: tuple[JudgedBlock, ...], by: Verdicts | None = None) -> tuple[LedgerLine, ...]:
    """The judged blocks, scores in thousandths; `by` C where it is at hand.

    No objects: a page has hundreds of lines, and they are only passed on.
    """
    if by is not None:
        return by.lines_of(judged, KEYS)
    scores = _in_thousandths([one.score for one in judged])
    return tuple(
        [
            {
                "text": block.text,
                "kind": block.kind,
                "kept": kept,
                "reason": reason,
                "rule": rule,
                "score": score,
            }
            for (block, kept, reason, rule, _), score in zip(judged, scores, strict=True)
        ]
    )


def _in_thousandths(scores: Sequence[float | None]) -> list[float | None]:
    """As `round(score, 3)` does it, which is exact and takes as long as everything else here together."""
    scaled = np.array(scores, dtype=np.float64) * THOUSAND  # None is not a number
    rounded: list[float | None] = (np.rint(scaled) / THOUSAND).tolist()
    near_half = np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5) < NEAR_HALF
    for at in np.flatnonzero(near_half).tolist():
        rounded[at] = round(scores[at] or 0.0, 3)
    return [one if score is not None else None for one, score in zip(rounded, scores, strict=True)]

"""Spoilt arrays for the compiled features: what fits no page must be refused before it is used."""

from collections.abc import Callable
from typing import Any

Change = Callable[[Any], Any]


def changed_row(number: int, change: Change) -> Change:
    """The change of a matrix that changes one of its rows."""

    def changed(matrix: Any) -> Any:
        matrix = matrix.copy()
        matrix[number] = change(matrix[number])
        return matrix

    return changed

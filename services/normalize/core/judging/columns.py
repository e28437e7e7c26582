"""Columns of features under their names: how they are put side by side for the model. What they mean lies elsewhere."""

from collections.abc import Iterable
from typing import Any

import numpy as np

Key = str | tuple[str, ...]
Columns = dict[Key, Any]
"""Feature name → a numpy array with a number (or truth value) for each candidate; several names → one row for each. What is the same for all of them may be a
plain number, but not the first."""


def names_of(keys: Iterable[Key]) -> tuple[str, ...]:
    """The names of the features, in the order of `stacked`."""
    return tuple(name for key in keys for name in ((key,) if isinstance(key, str) else key))


def stacked(columns: Columns) -> Any:
    """All features as one matrix of floats, a row a feature."""
    if len(columns) == 1:
        return next(iter(columns.values()))
    sizes = [1 if isinstance(key, str) else len(key) for key in columns]
    matrix = np.empty((sum(sizes), next(iter(columns.values())).shape[-1]))
    at = 0
    for size, rows in zip(sizes, columns.values(), strict=True):
        matrix[at : at + size] = rows
        at += size
    return matrix


def numbered(name: str, numbers: Iterable[int]) -> tuple[str, ...]:
    """`share` → `share_0`, `share_1` …"""
    return tuple(f"{name}_{number}" for number in numbers)

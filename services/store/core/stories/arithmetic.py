"""What reckons with packed vectors: the compiled arithmetic where it was built, else Python's, which says what is right."""

from collections.abc import Sequence
from types import ModuleType

from . import linkage, vectors
from .vectors import Packed, Weights

_sparse: ModuleType | None
try:
    from .native import _sparse
except ImportError:
    _sparse = None

EDITION = 1
"""That of _sparse.c; it rises with the file's face, so that what older sources made is not taken."""
IS_COMPILED = _sparse is not None and _sparse.EDITION == EDITION


def dots(vector: Weights, others: Sequence[Packed]) -> list[float]:
    """The similarity of a vector to each of the packed ones."""
    if _sparse is not None and IS_COMPILED:
        found: list[float] = _sparse.dots(vector, list(others))
        return found
    return [vectors.dot_packed(vector, other) for other in others]


def similarities(packed: Sequence[Packed]) -> Sequence[Sequence[float]]:
    """All dot products as a full matrix, 1 on the diagonal."""
    if _sparse is not None and IS_COMPILED:
        found: list[list[float]] = _sparse.similarities(list(packed))
        return found
    return linkage.similarities(packed)


def added(total: Packed, vector: Packed, sign: float = 1.0) -> Packed:
    """The sum of two packed vectors, or their difference; what comes to nothing is left out."""
    if _sparse is not None and IS_COMPILED:
        found: bytes = _sparse.added(total, vector, sign)
        return found
    return vectors.added(total, vector, sign)

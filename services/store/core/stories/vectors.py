"""Sparse vectors, packed: what an article's story is found by takes eight bytes a term. Pure arithmetic."""

from array import array
from itertools import repeat
from operator import mul
from typing import TypeAlias

Weights: TypeAlias = "dict[int, float]"
"""A vector of unit length (for Cyrillic texts shorter): term hash to weight."""
Packed: TypeAlias = bytes
"""A sparse vector: its terms, then as many weights, four bytes each. Never changed: several may share one. Plain bytes and
not arrays, because the garbage collector looks into arrays one by one whenever it looks at everything."""
NOTHING = 1e-9


def packed(vector: Weights) -> Packed:
    """The vector in few bytes, its order kept."""
    return array("I", vector.keys()).tobytes() + array("f", vector.values()).tobytes()


def parts_of(vector: Packed) -> "tuple[array[int], array[float]]":
    """The terms of a packed vector, and as many weights."""
    half = len(vector) // 2
    return array("I", vector[:half]), array("f", vector[half:])


def unpacked(vector: Packed) -> Weights:
    """What `packed` packed."""
    return dict(zip(*parts_of(vector), strict=True))


def dot(one: Weights, other: Weights) -> float:
    """The similarity of two vectors."""
    if len(one) > len(other):
        one, other = other, one
    get = other.get
    return sum(weight * get(term, 0.0) for term, weight in one.items())


def dot_packed(vector: Weights, other: Packed) -> float:
    """The same with a packed one: two hundred thousand of these a second, since the loop is in C."""
    terms, weights = parts_of(other)
    return float(sum(map(mul, weights, map(vector.get, terms, repeat(0.0)))))


def added(total: Packed, vector: Packed, sign: float = 1.0) -> Packed:
    """The sum of two packed vectors, or their difference; what comes to nothing is left out."""
    sums = unpacked(total)
    for term, weight in zip(*parts_of(vector), strict=True):
        sums[term] = sums.get(term, 0.0) + sign * weight
    return packed({term: weight for term, weight in sums.items() if abs(weight) > NOTHING})

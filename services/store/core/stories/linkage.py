"""Average linkage: the groups of a small set of articles at a threshold. A pure function of the set."""

from collections import defaultdict
from collections.abc import Sequence

from .vectors import Packed, parts_of


def similarities(vectors: Sequence[Packed]) -> list[list[float]]:
    """All dot products as a full matrix, 1 on the diagonal; by shared terms, since most pairs share few of a hundred."""
    holders: dict[int, list[tuple[int, float]]] = defaultdict(list)
    matrix = [[0.0] * len(vectors) for _ in vectors]
    for place, vector in enumerate(vectors):
        row = matrix[place]
        for term, weight in zip(*parts_of(vector), strict=True):
            for other, other_weight in holders[term]:
                row[other] += weight * other_weight
            holders[term].append((place, weight))
    for place, row in enumerate(matrix):
        row[place] = 1.0
        for other in range(place):
            matrix[other][place] = row[other]
    return matrix


def average_link_groups(similarity: Sequence[Sequence[float]], threshold: float) -> list[list[int]]:
    """Merge the two most similar groups until none are similar enough; similarity of groups is the mean over pairs.

    `similarity` is a full symmetric matrix. Ties go to the smaller indexes. Groups come sorted.
    """
    groups = []
    for part in _connected(similarity, threshold):
        # A group at the threshold lies inside one component of the pairs at the threshold: smaller matrices.
        matrix = [[similarity[row][column] for column in part] for row in part]
        groups += [[part[index] for index in group] for group in _link(matrix, threshold)]
    return sorted(sorted(group) for group in groups)


def _connected(similarity: Sequence[Sequence[float]], threshold: float) -> list[list[int]]:
    left = set(range(len(similarity)))
    parts = []
    while left:
        part = [left.pop()]
        for index in part:
            near = [other for other in left if similarity[index][other] >= threshold]
            left.difference_update(near)
            part += near
        parts.append(sorted(part))
    return parts


def _link(matrix: list[list[float]], threshold: float) -> list[list[int]]:
    live = list(range(len(matrix)))
    members = [[index] for index in live]
    nearest = {index: _nearest(matrix, index, live) for index in live}
    while len(live) > 1:
        one = max(live, key=lambda index: (nearest[index][0], -index))
        score, other = nearest[one]
        if score < threshold:
            break
        _merge(matrix, members, live, sorted((one, other)))
        _renew(matrix, nearest, live, sorted((one, other)))
    return [members[index] for index in live]


def _nearest(matrix: list[list[float]], index: int, live: list[int]) -> tuple[float, int]:
    others = [other for other in live if other != index]
    return max(
        ((matrix[index][other], other) for other in others), key=lambda p: (p[0], -p[1]), default=(-1.0, -1)
    )


def _merge(matrix: list[list[float]], members: list[list[int]], live: list[int], pair: list[int]) -> None:
    kept, gone = pair
    weight, other_weight = len(members[kept]), len(members[gone])
    live.remove(gone)
    for index in live:
        if index != kept:
            total = weight * matrix[kept][index] + other_weight * matrix[gone][index]
            matrix[kept][index] = matrix[index][kept] = total / (weight + other_weight)
    members[kept] += members[gone]


def _renew(
    matrix: list[list[float]], nearest: dict[int, tuple[float, int]], live: list[int], pair: list[int]
) -> None:
    """After a merge only those whose nearest was one of the two look again; the others may find the merged one nearer."""
    kept = pair[0]
    for index in live:
        if index == kept or nearest[index][1] in pair:
            nearest[index] = _nearest(matrix, index, live)
        elif matrix[index][kept] > nearest[index][0]:
            nearest[index] = (matrix[index][kept], kept)

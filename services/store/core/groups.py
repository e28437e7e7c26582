"""Groups: the components of verified edges, and who stands for each. A pure function of the set of articles."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from .members import Member, publication_rank

LARGE_GROUP = 200
"""More members than any reprint in the data has (11); a group above it is announced to operators, not cut."""


def groups_of(article_ids: Iterable[str], edges: Iterable[tuple[str, str]]) -> list[frozenset[str]]:
    """The components of the graph, smallest article id first; an edge to an article not listed is ignored."""
    neighbours: dict[str, set[str]] = {article_id: set() for article_id in article_ids}
    for one, other in edges:
        if one in neighbours and other in neighbours:
            neighbours[one].add(other)
            neighbours[other].add(one)
    groups = []
    for start in sorted(neighbours):
        if start in neighbours:
            groups.append(_taken_from(neighbours, start))
    return groups


def group_of(article_id: str, edges: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The group of one article, itself included, as far as these edges reach."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for one, other in edges:
        neighbours[one].add(other)
        neighbours[other].add(one)
    neighbours[article_id] |= set()
    return _taken_from(neighbours, article_id)


def canonical_of(members: Sequence[Member]) -> str:
    """The article id of the member that published first (`publication_rank`); raises ValueError for no members."""
    if not members:
        raise ValueError("a group has at least one member")
    return min(members, key=publication_rank).article_id


def copied_from(member: Member, same: Sequence[Member]) -> Member | None:
    """Of the members verified as the same text, the one this was copied from: the earliest that published before it."""
    earlier = [other for other in same if publication_rank(other) < publication_rank(member)]
    return min(earlier, key=publication_rank, default=None)


def _taken_from(neighbours: dict[str, set[str]], start: str) -> frozenset[str]:
    group: set[str] = set()
    waiting = [start]
    while waiting:
        article_id = waiting.pop()
        if article_id in neighbours:
            group.add(article_id)
            waiting.extend(neighbours.pop(article_id))
    return frozenset(group)

"""Which id each group of articles gets, and what became of the ids that there were. Pure."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .decision import StoryId


@dataclass(frozen=True, slots=True)
class Naming:
    """The groups by place with their ids; `before` is the story each article was in, `free_from` the first new id."""

    groups: Sequence[Sequence[int]]
    before: Mapping[int, int]
    names: tuple[int, ...]
    free_from: int
    next_id: int

    def merged(self, ended: set[int]) -> tuple[tuple[StoryId, StoryId], ...]:
        """For each story that ended, the one that took most of it."""
        into: dict[int, Counter[int]] = defaultdict(Counter)
        for group, name in zip(self.groups, self.names, strict=True):
            for row in group:
                if self.before.get(row) in ended:
                    into[self.before[row]][name] += 1
        return tuple(
            (StoryId(story), StoryId(min(shares, key=lambda name: (-shares[name], name))))
            for story, shares in sorted(into.items())
        )

    def split(self) -> tuple[tuple[StoryId, StoryId], ...]:
        """For each new id that is not just the incoming article's own, the story that most of it came out of."""
        found = []
        for group, name in zip(self.groups, self.names, strict=True):
            shares = Counter(self.before[row] for row in group if row in self.before)
            if name >= self.free_from and shares:
                found.append((StoryId(min(shares, key=lambda s: (-shares[s], s))), StoryId(name)))
        return tuple(found)


def named(groups: Sequence[Sequence[int]], before: Mapping[int, int], next_id: int) -> Naming:
    """Give each group the id it overlaps most, then the older one; what is left over gets a new id."""
    claims = []
    for place, group in enumerate(groups):
        shares = Counter(before[row] for row in group if row in before)
        claims += [(-share, story, place) for story, share in shares.items()]
    names: dict[int, int] = {}
    for _, story, place in sorted(claims):
        if place not in names and story not in names.values():
            names[place] = story
    free = next_id
    for place in range(len(groups)):
        if place not in names:
            names[place], free = free, free + 1
    return Naming(groups, before, tuple(names[place] for place in range(len(groups))), next_id, free)

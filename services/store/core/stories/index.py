"""The stories of one topic, in memory and compact: finds where an article belongs, repairs what it touches. No I/O.

The archive keeps terms, stories and snapshots; this is rebuilt from it at start and fed what other replicas commit.
"""

import heapq
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice, repeat
from operator import itemgetter, mul

from .decision import Move, StoryDecision, StoryId
from .linkage import Packed, average_link_groups, similarities
from .snapshot import Scorer, Weights
from .terms import Terms

INDEXED_TERMS = 30
POSTINGS_READ = 4_000
"""Postings read for one look-up, the newest first: the cost is bounded by this, not by the number of articles."""
NEAREST = 40
WEIGHT_BITS = 6
MOST_WEIGHT = (1 << WEIGHT_BITS) - 1
"""A posting is one 32-bit number: the article's row and a rough weight, enough to rank candidates. A million distinct
terms with some three postings each would take twice the memory otherwise."""
TOUCHED_SHARE, TOUCHED_STORIES = 0.8, 4
REPAIRED_ARTICLES = 150
"""Stories with a link of at least .8 of the threshold are dissolved and clustered again: at most four, 150 articles."""


@dataclass(frozen=True, slots=True)
class _Near:
    """The stories near a vector with their exact average links, best first, and whether postings were left unread."""

    links: list[tuple[float, int]]
    capped: bool


class StoryIndex:
    """Stories by average link. `decide` changes nothing; `place` and `forget` do.

    Articles are those that stand for their group (the canonicals). The scorer stays the same for the index's life: a
    new snapshot means a new index (`rebuilt`).
    """

    def __init__(self, scorer: Scorer, next_story_id: int = 1) -> None:
        self.scorer = scorer
        self.next_story_id = next_story_id
        self._rows: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._vectors: dict[int, Packed] = {}
        self._story_of: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}
        self._sums: dict[int, Packed] = {}
        self._postings: dict[int, array[int]] = {}
        self._next_row = 0
        self._weighed: tuple[Terms, Weights] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def story_of(self, article_id: str) -> StoryId | None:
        """The story an article is in, if it is here."""
        row = self._rows.get(article_id)
        return None if row is None else StoryId(self._story_of[row])

    def members_of(self, story_id: int) -> list[str]:
        """The articles of a story, in the order they came; empty where there is none of that id."""
        return [self._names[row] for row in self._members.get(story_id, ())]

    def stories(self) -> dict[int, list[str]]:
        """All stories and their articles."""
        return {story: self.members_of(story) for story in self._members}

    # -- what changes the index

    def place(self, article_id: str, terms: Terms, story_id: int) -> None:
        """Put an article into a story: at loading, and for what another replica decided. Moves it if it is here."""
        if article_id in self._rows:
            self._move(self._rows[article_id], story_id)
        else:
            self._insert(article_id, self.scorer.weigh(terms), story_id)
        self.next_story_id = max(self.next_story_id, story_id + 1)

    def forget(self, article_id: str) -> None:
        """Take an article out: it left the window, was withdrawn, or another stands for its group now."""
        row = self._rows.pop(article_id, None)
        if row is not None:
            self._take_out(row)
            del self._names[row], self._vectors[row]

    def apply(self, decision: StoryDecision, terms: Terms) -> None:
        """Make a decision of this index true, once the archive has committed it."""
        for gone in {*decision.replaces, decision.article_id}:
            self.forget(gone)
        self._insert(decision.article_id, self._weigh(terms), decision.story_id)
        for move in decision.moved:
            self._move(self._rows[move.article_id], move.into_story)
        self.next_story_id = max(self.next_story_id, decision.next_story_id)

    def renumber(self, computed_from: int, free_from: int) -> None:
        """Stories from `computed_from` on were numbered too low: other stories took those numbers meanwhile."""
        shift = free_from - computed_from
        if not shift:
            return
        for story in sorted((s for s in self._members if s >= computed_from), reverse=True):
            self._members[story + shift] = self._members.pop(story)
            self._sums[story + shift] = self._sums.pop(story)
            for row in self._members[story + shift]:
                self._story_of[row] = story + shift
        self.next_story_id += shift

    # -- what decides

    def decide(self, article_id: str, terms: Terms, replaces: Sequence[str] = ()) -> StoryDecision:
        """Where an article belongs, and what its coming changes: joins the best story, then repairs those it touches.

        `replaces` are articles it stands for from now on (the canonical before it, a group merged into its own); an
        article already here is weighed anew.
        """
        vector = self._weigh(terms)
        gone = {self._rows[name] for name in {*replaces, article_id} if name in self._rows}
        return self._decided(article_id, vector, self._near(vector, gone), tuple(replaces), gone)

    def repaired(self, article_id: str, settled: set[frozenset[int]]) -> StoryDecision | None:
        """What passing an article that is here through the repair changes; None where nothing does.

        `settled` are pools of articles of which another one has shown that already; it is added to.
        """
        row = self._rows[article_id]
        vector, gone = _unpacked(self._vectors[row]), {row}
        near = self._near(vector, gone)
        touched, _ = self._touched(near, gone)
        pool = frozenset(member for story in touched for member in self._members[story])
        if pool in settled:
            return None
        decision = self._decided(article_id, vector, near, (), gone)
        if decision.story_id != self._story_of[row]:
            own = Move(article_id, StoryId(self._story_of[row]), decision.story_id)
            return replace(decision, moved=(own, *decision.moved))
        if decision.moved:
            return decision
        settled.add(pool)
        return None

    def _decided(
        self, article_id: str, vector: Weights, near: _Near, replaces: tuple[str, ...], gone: set[int]
    ) -> StoryDecision:
        touched, capped = self._touched(near, gone)
        pool = [row for story in touched for row in self._members[story] if row not in gone]
        groups = self._regroup(pool, vector, touched)
        return self._named(article_id, vector, groups, touched, replaces, gone, capped or near.capped)

    def _weigh(self, terms: Terms) -> Weights:
        """The terms' vector; what is decided is applied next, so that the last one is kept."""
        if self._weighed is None or self._weighed[0] is not terms:
            self._weighed = terms, self.scorer.weigh(terms)
        return self._weighed[1]

    def _near(self, vector: Weights, gone: set[int]) -> _Near:
        hits: dict[int, float] = defaultdict(float)
        left = POSTINGS_READ
        for term, weight in islice(vector.items(), INDEXED_TERMS):
            entries = self._postings.get(term, _NONE)
            if len(entries) > left:
                entries = entries[-left:]
            left -= len(entries)
            for entry in entries:
                hits[entry >> WEIGHT_BITS] += weight * (entry & MOST_WEIGHT)
            if left <= 0:
                break
        alive = self._story_of
        nearest = heapq.nlargest(NEAREST, hits.items(), key=itemgetter(1))
        stories = {alive[row] for row, _ in nearest if row in alive and row not in gone}
        links = sorted(
            ((self._link(vector, story, gone), story) for story in stories), key=lambda n: (-n[0], n[1])
        )
        return _Near(links, left <= 0)

    def _link(self, vector: Weights, story: int, gone: set[int]) -> float:
        """The exact average link to a story, without the articles that are going."""
        rows = self._members[story]
        going = gone.intersection(rows) if gone else gone
        if len(going) == len(rows):
            return 0.0
        left = _dot(vector, self._sums[story]) - sum(_dot(vector, self._vectors[row]) for row in going)
        return left / (len(rows) - len(going))

    def _touched(self, near: _Near, gone: set[int]) -> tuple[list[int], bool]:
        """The stories to cluster again: those of the articles that go, and those near enough; within the bounds."""
        close = [story for link, story in near.links if link >= TOUCHED_SHARE * self.scorer.threshold]
        wanted = list(dict.fromkeys([*sorted({self._story_of[row] for row in gone}), *close]))
        touched: list[int] = []
        room = REPAIRED_ARTICLES
        for story in wanted[:TOUCHED_STORIES]:
            if len(self._members[story]) <= room:
                room -= len(self._members[story])
                touched.append(story)
        return touched, len(touched) < len(wanted)

    def _regroup(self, pool: list[int], vector: Weights, touched: list[int]) -> list[list[int]]:
        """Average linkage over the pool and the article, which is row -1."""
        rows = sorted(pool, key=self._names.__getitem__)
        if len(touched) == 1 and all(
            _dot(vector, self._vectors[row]) >= self.scorer.threshold for row in rows
        ):
            return [[*rows, _INCOMING]]  # it fits every article of its one story: nothing can split
        matrix = similarities([*(self._vectors[row] for row in rows), _packed(vector)])
        rows.append(_INCOMING)
        return [
            [rows[index] for index in group] for group in average_link_groups(matrix, self.scorer.threshold)
        ]

    def _named(
        self,
        article_id: str,
        vector: Weights,
        groups: list[list[int]],
        touched: list[int],
        replaces: tuple[str, ...],
        gone: set[int],
        capped: bool,
    ) -> StoryDecision:
        """Give each group the id it overlaps most, then the older one; what is left over gets a new id."""
        before = {row: self._story_of[row] for group in groups for row in group if row != _INCOMING}
        if gone:
            before[_INCOMING] = self._story_of[min(gone, key=self._names.__getitem__)]
        names, next_id = _names_of(groups, before, self.next_story_id)
        own = next(place for place, group in enumerate(groups) if _INCOMING in group)
        moved = [
            Move(self._names[row], StoryId(before[row]), StoryId(names[place]))
            for place, group in enumerate(groups)
            for row in group
            if row != _INCOMING and before[row] != names[place]
        ]
        return StoryDecision(
            article_id,
            StoryId(names[own]),
            self._mean_link(vector, groups[own]),
            is_new_story=len(groups[own]) == 1 and names[own] >= self.next_story_id,
            moved=tuple(sorted(moved, key=lambda move: move.article_id)),
            merged=_merged(before, groups, names, set(touched) - set(names)),
            split=_split(before, groups, names, self.next_story_id),
            next_story_id=StoryId(next_id),
            replaces=replaces,
            capped=capped,
        )

    def _mean_link(self, vector: Weights, group: list[int]) -> float:
        others = [_dot(vector, self._vectors[row]) for row in group if row != _INCOMING]
        return sum(others) / len(others) if others else 0.0

    # -- storage

    def _insert(self, article_id: str, vector: Weights, story_id: int) -> None:
        row, self._next_row = self._next_row, self._next_row + 1
        self._rows[article_id], self._names[row] = row, article_id
        self._vectors[row] = _packed(vector)
        for term, weight in islice(vector.items(), INDEXED_TERMS):
            entry = row << WEIGHT_BITS | max(1, round(weight * MOST_WEIGHT))
            self._postings.setdefault(term, array("I")).append(entry)
        self._put_in(row, story_id)

    def _move(self, row: int, story_id: int) -> None:
        if self._story_of[row] != story_id:
            self._take_out(row)
            self._put_in(row, story_id)

    def _put_in(self, row: int, story_id: int) -> None:
        self._story_of[row] = story_id
        self._members.setdefault(story_id, []).append(row)
        self._add_to_sum(story_id, row, 1.0)

    def _take_out(self, row: int) -> None:
        story_id = self._story_of.pop(row)
        self._members[story_id].remove(row)
        if self._members[story_id]:
            self._add_to_sum(story_id, row, -1.0)
        else:
            del self._members[story_id], self._sums[story_id]

    def _add_to_sum(self, story_id: int, row: int, sign: float) -> None:
        total = _unpacked(self._sums[story_id]) if story_id in self._sums else {}
        for term, weight in zip(*self._vectors[row], strict=True):
            total[term] = total.get(term, 0.0) + sign * weight
        self._sums[story_id] = _packed({term: weight for term, weight in total.items() if abs(weight) > 1e-9})


_INCOMING = -1
_NONE: "array[int]" = array("I")


def rebuilt(
    articles: Iterable[tuple[str, Terms, int]], scorer: Scorer, next_story_id: int
) -> tuple[StoryIndex, list[tuple[StoryDecision, Terms]]]:
    """A new index under a new scorer: every article placed where it was, then each passed once through the repair.

    Gives the index as it stands after the repair, and the decisions that changed something, in order; an article that
    left its own story stands among its decision's `moved` too.
    """
    index = StoryIndex(scorer, next_story_id)
    rows = sorted(articles, key=lambda row: row[0])
    for article_id, terms, story_id in rows:
        index.place(article_id, terms, story_id)
    changes = []
    settled: set[frozenset[int]] = set()
    for article_id, terms, _ in rows:
        decision = index.repaired(article_id, settled)
        if decision is not None:
            index.apply(decision, terms)
            changes.append((decision, terms))
    return index, changes


def _names_of(groups: list[list[int]], before: dict[int, int], next_id: int) -> tuple[list[int], int]:
    claims = []
    for place, group in enumerate(groups):
        shares = Counter(before[row] for row in group if row in before)
        claims += [(-share, story, place) for story, share in shares.items()]
    names: dict[int, int] = {}
    for _, story, place in sorted(claims):
        if place not in names and story not in names.values():
            names[place] = story
    for place in range(len(groups)):
        if place not in names:
            names[place] = next_id
            next_id += 1
    return [names[place] for place in range(len(groups))], next_id


def _merged(
    before: dict[int, int], groups: list[list[int]], names: list[int], ended: set[int]
) -> tuple[tuple[StoryId, StoryId], ...]:
    """For each story that ended, the one that took most of it."""
    into: dict[int, Counter[int]] = defaultdict(Counter)
    for place, group in enumerate(groups):
        for row in group:
            if before.get(row) in ended:
                into[before[row]][names[place]] += 1
    return tuple(
        (StoryId(story), StoryId(min(shares, key=lambda name: (-shares[name], name))))
        for story, shares in sorted(into.items())
    )


def _split(
    before: dict[int, int], groups: list[list[int]], names: list[int], next_id: int
) -> tuple[tuple[StoryId, StoryId], ...]:
    """For each new id that is not just the incoming article's own, the story that most of it came out of."""
    found = []
    for place, group in enumerate(groups):
        shares = Counter(before[row] for row in group if row in before)
        if names[place] >= next_id and shares:
            found.append((StoryId(min(shares, key=lambda s: (-shares[s], s))), StoryId(names[place])))
    return tuple(found)


def _packed(vector: Weights) -> Packed:
    return array("I", vector.keys()), array("f", vector.values())


def _unpacked(packed: Packed) -> Weights:
    return dict(zip(packed[0], packed[1], strict=True))


def _dot(vector: Weights, packed: Packed) -> float:
    # Two hundred thousand of these a second: the loop is in C, over the array's terms.
    return float(sum(map(mul, packed[1], map(vector.get, packed[0], repeat(0.0)))))

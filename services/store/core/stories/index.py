"""The stories of one topic, in memory and compact: finds where an article belongs, repairs what it touches. No I/O.

The archive keeps terms, stories and snapshots; this is rebuilt from it at start and fed what other replicas commit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from .arithmetic import dots, new_postings, similarities
from .decision import Move, StoryDecision, StoryId
from .holdings import GONE, Holdings
from .linkage import average_link_groups
from .naming import named
from .snapshot import Scorer
from .terms import Terms
from .vectors import Weights, packed, unpacked

TOUCHED_SHARE, TOUCHED_STORIES = 0.8, 4
REPAIRED_ARTICLES = 150
"""Stories with a link of at least .8 of the threshold are dissolved and grouped again: at most four, 150 articles."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be placed: the incoming article's vector, who it replaces, and the rows that go on its coming."""

    article_id: str
    vector: Weights
    replaces: tuple[str, ...]
    gone: set[int]


@dataclass(frozen=True, slots=True)
class _Touched:
    """The stories to group again, and whether a bound left others out."""

    stories: list[int]
    capped: bool


class StoryIndex:
    """Stories by average link. `decide` changes nothing; `apply`, `place` and `forget` do.

    Articles are those that stand for their group (the canonicals). The scorer stays the same for the index's life: a
    new snapshot means a new index, filled anew and repaired.
    """

    def __init__(self, scorer: Scorer, next_story_id: int = 1) -> None:
        self.scorer = scorer
        self.next_story_id = next_story_id
        self._threshold = scorer.threshold
        self._held = Holdings()
        self._postings = new_postings()
        self._weighed: tuple[Terms, Weights] | None = None

    def __len__(self) -> int:
        return len(self._held.articles)

    def story_of(self, article_id: str) -> StoryId | None:
        """The story an article is in, if it is here."""
        row = self._held.articles.row(article_id)
        return None if row is None else StoryId(self._held.story_of[row])

    def members_of(self, story_id: int) -> list[str]:
        """The articles of a story, in the order they came; empty where there is none of that id."""
        return [self._held.articles.name(row) for row in self._held.members_of(story_id)]

    def stories(self) -> dict[int, list[str]]:
        """All stories and their articles."""
        return {story: self.members_of(story) for story in self._held.stories()}

    # -- what changes the index

    def place(self, article_id: str, terms: Terms, story_id: int) -> None:
        """Put an article into a story: at loading, and for what another replica decided. Moves it if it is here."""
        row = self._held.articles.row(article_id)
        if row is not None:
            self._held.move(row, story_id)
        else:
            self._insert(article_id, self.scorer.weigh(terms), story_id)
        self.next_story_id = max(self.next_story_id, story_id + 1)

    def forget(self, article_id: str) -> None:
        """Take an article out: it left the window, was withdrawn, or another stands for its group now."""
        self._held.remove(article_id)

    def apply(self, decision: StoryDecision, terms: Terms) -> None:
        """Make a decision of this index true, once the archive has committed it."""
        for gone in {*decision.replaces, decision.article_id}:
            self.forget(gone)
        self._insert(decision.article_id, self._weigh(terms), decision.story_id)
        self._move(decision)

    def renumber(self, computed_from: int, free_from: int) -> None:
        """Stories from `computed_from` on were numbered too low: other stories took those numbers meanwhile."""
        shift = free_from - computed_from
        if shift:
            self._held.renumber(computed_from, shift)
            self.next_story_id += shift

    def repairs(self) -> Iterator[StoryDecision | None]:
        """Pass every article once through the repair, by name, making it true; gives for each what changed, or None.

        An article that left its own story stands among its decision's `moved` too.
        """
        settled: set[_Pool] = set()
        for article_id in sorted(self._held.articles.names()):
            decision = self._repaired(article_id, settled)
            if decision is not None:
                self._move(decision)
            yield decision

    # -- what decides

    def decide(self, article_id: str, terms: Terms, replaces: Sequence[str] = ()) -> StoryDecision:
        """Where an article belongs, and what its coming changes: joins the best story, then repairs those it touches.

        `replaces` are articles it stands for from now on (the canonical before it, a group merged into its own); an
        article already here is weighed anew.
        """
        rows = map(self._held.articles.row, {*replaces, article_id})
        gone = {row for row in rows if row is not None}
        asked = _Asked(article_id, self._weigh(terms), tuple(replaces), gone)
        return self._decided(asked, self._touched(asked))

    def _repaired(self, article_id: str, settled: "set[_Pool]") -> StoryDecision | None:
        """What passing an article that is here through the repair changes; None where nothing does.

        `settled` are pools of articles of which another one has shown that already; it is added to.
        """
        row = self._row(article_id)
        asked = _Asked(article_id, unpacked(self._held.articles.vector(row)), (), {row})
        touched = self._touched(asked)
        members = [member for story in touched.stories for member in self._held.members_of(story)]
        pool: _Pool = members[0] if len(members) == 1 else frozenset(members)
        if pool in settled:
            return None
        decision, before = self._decided(asked, touched), StoryId(self._held.story_of[row])
        if decision.story_id != before:
            return replace(decision, moved=(Move(article_id, before, decision.story_id), *decision.moved))
        if decision.moved:
            return decision
        settled.add(pool)
        return None

    def _weigh(self, terms: Terms) -> Weights:
        """The terms' vector; what is decided is applied next, so that the last one is kept."""
        if self._weighed is None or self._weighed[0] is not terms:
            self._weighed = terms, self.scorer.weigh(terms)
        return self._weighed[1]

    def _touched(self, asked: _Asked) -> _Touched:
        """The stories to group again: those of the articles that go, and those near enough; within the bounds."""
        close, left_out = self._close(asked)
        own = sorted({self._held.story_of[row] for row in asked.gone})
        wanted = list(dict.fromkeys([*own, *close]))
        touched: list[int] = []
        room = REPAIRED_ARTICLES
        for story in wanted[:TOUCHED_STORIES]:
            size = len(self._held.members_of(story))
            if size <= room:
                room -= size
                touched.append(story)
        return _Touched(touched, left_out or len(touched) < len(wanted))

    def _close(self, asked: _Asked) -> tuple[list[int], bool]:
        """The stories whose exact average link is near the threshold or above, best first; and whether some were unread."""
        rows, left_out = self._postings.nearest(asked.vector)
        story_of = self._held.story_of
        stories = list({story_of[row] for row in rows if row not in asked.gone} - {GONE})
        links = zip(self._held.average_links(asked.vector, stories, asked.gone), stories, strict=True)
        near = [(-link, story) for link, story in links if link >= TOUCHED_SHARE * self._threshold]
        return [story for _, story in sorted(near)], left_out

    def _decided(self, asked: _Asked, touched: _Touched) -> StoryDecision:
        """Cluster the touched stories and the article anew, and say what that changes."""
        pool = [
            row for story in touched.stories for row in self._held.members_of(story) if row not in asked.gone
        ]
        groups = self._regroup(pool, asked.vector, len(touched.stories))
        before = {row: self._held.story_of[row] for row in pool}
        if asked.gone:
            before[_INCOMING] = self._held.story_of[min(asked.gone, key=self._held.articles.name)]
        naming = named(groups, before, self.next_story_id)
        own, story_id = next(pair for pair in zip(groups, naming.names, strict=True) if _INCOMING in pair[0])
        return StoryDecision(
            asked.article_id,
            StoryId(story_id),
            self._mean_link(asked.vector, own),
            is_new_story=len(own) == 1 and story_id >= self.next_story_id,
            moved=self._moves(groups, before, naming.names),
            merged=naming.merged(set(touched.stories) - set(naming.names)),
            split=naming.split(),
            next_story_id=StoryId(naming.next_id),
            replaces=asked.replaces,
            capped=touched.capped,
        )

    def _regroup(self, pool: list[int], vector: Weights, stories: int) -> list[list[int]]:
        """Average linkage over the pool and the article, which is row -1."""
        rows = sorted(pool, key=self._held.articles.name)
        vectors = [self._held.articles.vector(row) for row in rows]
        if stories == 1 and all(link >= self._threshold for link in dots(vector, vectors)):
            return [[*rows, _INCOMING]]  # it fits every article of its one story: nothing can split
        rows.append(_INCOMING)
        groups = average_link_groups(similarities([*vectors, packed(vector)]), self._threshold)
        return [[rows[index] for index in group] for group in groups]

    def _moves(
        self, groups: Sequence[Sequence[int]], before: dict[int, int], names: Sequence[int]
    ) -> tuple[Move, ...]:
        moves = [
            Move(self._held.articles.name(row), StoryId(before[row]), StoryId(name))
            for group, name in zip(groups, names, strict=True)
            for row in group
            if row != _INCOMING and before[row] != name
        ]
        return tuple(sorted(moves, key=lambda move: move.article_id))

    def _mean_link(self, vector: Weights, group: list[int]) -> float:
        others = dots(vector, [self._held.articles.vector(row) for row in group if row != _INCOMING])
        return sum(others) / len(others) if others else 0.0

    # -- storage

    def _row(self, article_id: str) -> int:
        row = self._held.articles.row(article_id)
        if row is None:
            raise KeyError(article_id)
        return row

    def _insert(self, article_id: str, vector: Weights, story_id: int) -> None:
        row = self._held.add(article_id, packed(vector), story_id)
        self._postings.add(row, vector)

    def _move(self, decision: StoryDecision) -> None:
        for move in decision.moved:
            self._held.move(self._row(move.article_id), move.into_story)
        self.next_story_id = max(self.next_story_id, decision.next_story_id)


_INCOMING = -1
_Pool: TypeAlias = "frozenset[int] | int"
"""The rows of the stories that are looked at together; one alone, as most are, by itself: a set of one takes 216 bytes."""

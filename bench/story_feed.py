"""A feed of articles through the stories as the store does it, without a database: copies stand behind their canonical."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.dedup import PureStore, member_of
from services.store.core.stories.decision import StoryDecision
from services.store.core.stories.feed_rates import FeedRates
from services.store.core.stories.index import StoryIndex
from services.store.core.stories.snapshot import Scorer, Snapshot, is_snapshot_due
from services.store.core.stories.terms import Terms, terms_of

ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Prepared:
    """A data set made ready once for many orders: ids, terms, and which articles are copies of which."""

    ids: list[str]
    terms: dict[str, Terms]
    group_of: dict[str, str]


def prepare(rows: Sequence[dict[str, Any]]) -> Prepared:
    """Work out terms and groups of copies; the language is told from the text."""
    store = PureStore()
    members = [member_of({**row, "id": place}) for place, row in enumerate(rows)]
    for member in members:
        store.claim(member)
    terms = {member.article_id: terms_of(member.title, member.text, None) for member in members}
    return Prepared([member.article_id for member in members], terms, store.canonicals())


@dataclass
class Feed:
    """The stories of one topic while articles come in; a snapshot whenever one is due."""

    prepared: Prepared
    topic: frozenset[int] = frozenset()
    told: Counter[str] = field(default_factory=Counter)
    _units: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.snapshot = Snapshot(topic=self.topic)
        self.index = StoryIndex(self.snapshot)
        self._taken: datetime | None = None
        self._now = ANY_DAY

    def run(self, order: Sequence[int]) -> list[int]:
        """All articles in this order; gives each one's story at the end, in the order of the set."""
        for place in order:
            self._add(self.prepared.ids[place])
        return self._stories()

    def a_day_later(self) -> list[int]:
        """The same when nothing came for a day."""
        self._now += timedelta(days=1)
        self._keep_snapshot()
        return self._stories()

    def _stories(self) -> list[int]:
        return [self._story_of(name) for name in self.prepared.ids]

    def _add(self, name: str) -> None:
        group = self.prepared.group_of[name]
        canonical = self._units.get(group)
        if canonical is not None and canonical < name:
            return  # a copy: its canonical speaks for it
        self._units[group] = name
        decision = self.index.decide(name, self.prepared.terms[name], [canonical] if canonical else [])
        self.index.apply(decision, self.prepared.terms[name])
        self._tell(decision)
        self._keep_snapshot()

    def _keep_snapshot(self) -> None:
        if is_snapshot_due(len(self.index), self.snapshot, self._taken, self._now):
            self._weigh_anew()

    def _weigh_anew(self) -> None:
        terms, stories = self.prepared.terms, self.index.stories()
        members = [[(name, terms[name]) for name in names] for names in stories.values()]
        self.snapshot = take_snapshot(members, version=self.snapshot.version + 1, topic=self.topic)
        self._taken = self._now
        placed = [(name, terms[name], story) for story, names in stories.items() for name in names]
        self.index, changes = rebuilt(placed, self.snapshot, self.index.next_story_id)
        for decision in changes:
            self._tell(decision)

    def _tell(self, decision: StoryDecision) -> None:
        self.told.update(moved=len(decision.moved), merged=len(decision.merged), split=len(decision.split))

    def _story_of(self, name: str) -> int:
        story = self.index.story_of(self._units[self.prepared.group_of[name]])
        assert story is not None
        return story


def take_snapshot(
    stories: Iterable[Sequence[tuple[str, Terms]]], *, version: int, topic: frozenset[int] = frozenset()
) -> Snapshot:
    """The snapshot of stories, each given as its articles: (article id, terms)."""
    rows = [
        (article_id, number, terms) for number, story in enumerate(stories) for article_id, terms in story
    ]
    rates = FeedRates([(article_id, number) for article_id, number, _ in rows])
    for article_id, number, terms in rows:
        rates.count(article_id, number, terms)
    return rates.snapshot(version, topic)


def rebuilt(
    articles: Iterable[tuple[str, Terms, int]], scorer: Scorer, next_story_id: int
) -> tuple[StoryIndex, list[StoryDecision]]:
    """A new index with every article, (article id, terms, story), where it was, then repaired; and what that changed."""
    index = StoryIndex(scorer, next_story_id)
    for article_id, terms, story_id in sorted(articles, key=lambda row: row[0]):
        index.place(article_id, terms, story_id)
    return index, [decision for decision in index.repairs() if decision is not None]

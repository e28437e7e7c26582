"""The archive: claims articles, each in one transaction, and keeps the stories' weights up to date."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from services.contracts.failures import RetryLater

from .claim.gathering import Gathering
from .claim.incoming import Incoming
from .claim.settling import Settled, settle
from .core.stories.decision import StoryDecision
from .database.opening import Database
from .database.schema import day_of
from .relay.outbox import write_announcements
from .stories.announcements import decision_changes, numbered
from .stories.placing import Placing
from .stories.stories import StaleTopic, Stories

STALE_TRIES = 5
Clock = Callable[[], datetime]


class Archive:
    """The store's side of one database: claims articles, each in one transaction, on PostgreSQL with others in it."""

    def __init__(
        self,
        database: Database,
        clock: Clock = lambda: datetime.now(UTC),
        topic_terms: Mapping[str, frozenset[int]] | None = None,
        *,
        with_stories: bool = True,
    ) -> None:
        self.database = database
        self.stories = Stories(database, topic_terms or {}, is_on=with_stories)
        self._clock = clock
        # On SQLite the writing thread commits together what waits; a transaction of several would win nothing.
        self._gathering = Gathering(self._settle) if database.dialect == "postgresql" else None

    async def claim(self, incoming: Incoming) -> Settled:
        """Decide and write one article. Safe to repeat. Raises RetryLater, Unprocessable."""
        if self._gathering:
            return await self._gathering.settle(incoming)
        [settled] = await self._settle([incoming])
        assert settled is not None
        return settled

    async def weigh_stories_anew(self) -> list[str]:
        """Take the snapshots that are due; returns their topics. Raises RetryLater."""
        now = self._clock()
        due = self.stories.due_topics(now)
        return [topic for topic in due if await self.stories.refresh(topic, now, _announcer(now))]

    async def _settle(self, incomings: Sequence[Incoming]) -> list[Settled | None]:
        """One transaction, again where another process weighed the stories anew."""
        days = {incoming.topic: day_of(incoming.member.fetched_at) for incoming in incomings}
        for topic, day in days.items():
            await self.stories.prepare(topic, day)
        for _ in range(STALE_TRIES):
            try:
                return await self._settle_once(incomings)
            except StaleTopic as stale:
                day = days.get(stale.topic, max(days.values()))
                await self.stories.prepare(stale.topic, day, stale=stale.version)
        raise RetryLater("stories", detail=f"the snapshots of topics {sorted(days)} keep changing")

    async def _settle_once(self, incomings: Sequence[Incoming]) -> list[Settled | None]:
        placing = Placing(self.stories)
        return await self.database.write(
            lambda connection: settle(connection, incomings, placing, self._clock()),
            lambda _: placing.commit(),
            placing.end,
        )


def _announcer(now: datetime) -> Callable[[Connection, str, StoryDecision], None]:
    def announce(connection: Connection, topic: str, decision: StoryDecision) -> None:
        write_announcements(connection, numbered(connection, decision_changes(topic, decision), now))

    return announce

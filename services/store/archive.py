"""The archive: claims articles, each in one transaction, and keeps the stories' weights up to date."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection

from services.contracts.failures import RetryLater

from .claim.incoming import Incoming
from .claim.settling import Settled, settle
from .core.stories.decision import StoryDecision
from .database.opening import Database
from .database.schema import day_of
from .relay.outbox import write_announcements
from .stories.announcements import decision_changes, numbered
from .stories.stories import StaleTopic, Stories

STALE_TRIES = 5
Clock = Callable[[], datetime]


class Archive:
    """The store's side of one database: claims articles, each in one transaction."""

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

    async def claim(self, incoming: Incoming) -> Settled:
        """Decide and write one article. Safe to repeat. Raises RetryLater, Unprocessable."""
        day = day_of(incoming.member.fetched_at)
        await self.stories.prepare(incoming.topic, day)
        for _ in range(STALE_TRIES):
            try:
                return await self._claim(incoming)
            except StaleTopic as stale:
                await self.stories.prepare(stale.topic, day, stale=stale.version)
        raise RetryLater("stories", detail=f"the snapshot of topic {incoming.topic!r} keeps changing")

    async def weigh_stories_anew(self) -> list[str]:
        """Take the snapshots that are due; returns their topics. Raises RetryLater."""
        now = self._clock()
        due = self.stories.due_topics(now)
        return [topic for topic in due if await self.stories.refresh(topic, now, _announcer(now))]

    async def _claim(self, incoming: Incoming) -> Settled:
        settled, _ = await self.database.write(
            lambda connection: settle(connection, incoming, self.stories, self._clock()),
            lambda result: self.stories.commit(result[1]),
        )
        return settled


def _announcer(now: datetime) -> Callable[[Connection, str, StoryDecision], None]:
    def announce(connection: Connection, topic: str, decision: StoryDecision) -> None:
        write_announcements(connection, numbered(connection, decision_changes(topic, decision), now))

    return announce

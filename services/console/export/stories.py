"""Which articles a story has now, with the copies and updates in their groups."""

from sqlalchemy import Connection, select

from services.console.exits import CommandError
from services.store.database.opening import Database
from services.store.database.schema import article, article_group, story, story_member
from services.store.stories.announcements import NO_TOPIC, public_story_id


async def articles_of_story(database: Database, story_id: str) -> frozenset[str]:
    """The articles of a story by its public id (`belarus-talks-17`). Raises CommandError where there is none."""
    topic, _, number = story_id.rpartition("-")
    if not (number.isascii() and number.isdigit()) or len(number) > 15:
        raise CommandError.usage(
            f"{story_id!r} is no story id", "it is a topic and a number: belarus-talks-17"
        )
    key = ("" if topic == NO_TOPIC else topic, int(number))
    return await database.read(lambda connection: _articles(connection, story_id, *key))


def _articles(connection: Connection, story_id: str, topic: str, number: int) -> frozenset[str]:
    row = connection.execute(select(story.c.merged_into).filter_by(topic=topic, story_id=number)).first()
    if row is None:
        raise CommandError.usage(
            f"there is no story {story_id!r}", "stories.updated and cleanwire search name them"
        )
    if row.merged_into is not None:
        into = public_story_id(topic, row.merged_into)
        raise CommandError.usage(f"story {story_id!r} became part of {into!r}", f"--story {into}")
    canonicals = select(story_member.c.article_id).filter_by(topic=topic, story_id=number)
    members = (
        select(article.c.article_id)
        .join(article_group, article_group.c.group_id == article.c.group_id)
        .where(article_group.c.canonical_id.in_(canonicals))
    )
    return frozenset(connection.execute(members).scalars())

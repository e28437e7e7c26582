"""Statements on the driver itself give what SQLAlchemy gives: values in, rows out, counts, errors; on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, select, text

from services.contracts.failures import RetryLater, Unprocessable
from services.store.database.prepared import Prepared, put_new, put_row, set_columns
from services.store.database.schema import article_group, lease, story

MOMENT = datetime(2026, 11, 20, 12, 30, 15, 123456, tzinfo=UTC)
STORY_AT = Prepared(select(story).where(story.c.topic == bindparam("topic"), story.c.merged_into.is_(None)))


def a_story(number, **more):
    return {"topic": "t", "story_id": number, "title": None, "started_at": MOMENT, "changes": 0} | more


async def test_moments_go_in_and_come_out_as_moments(archive):
    def work(connection):
        put_new(connection, story, [a_story(1, title="Talks «resume»")])
        return STORY_AT.first(connection, {"topic": "t"}), connection.execute(select(story)).one()

    mine, theirs = await archive.database.write(work)
    assert tuple(mine) == tuple(theirs)
    assert (mine.started_at, mine.title, mine.story_id) == (MOMENT, "Talks «resume»", 1)


async def test_rows_that_are_there_stay_and_others_are_added(archive):
    def work(connection):
        put_new(connection, story, [a_story(1, title="first")])
        put_new(connection, story, [a_story(1, title="second"), a_story(2, title="other")])
        put_new(connection, story, [])
        return [row.title for row in STORY_AT.all(connection, {"topic": "t"})]

    assert sorted(await archive.database.write(work)) == ["first", "other"]


async def test_a_change_counts_its_rows_and_a_new_row_tells_its_number(archive):
    def work(connection):
        row = {"canonical_id": "c", "revision": 1, "changes": 0, "members": 1}
        numbers = [put_row(connection, article_group, row, article_group.c.group_id) for _ in range(2)]
        key = article_group.c.group_id
        changed = set_columns(connection, article_group, key, numbers[0], revision=4, canonical_id="d")
        missed = set_columns(connection, article_group, key, 99_999, revision=4)
        return numbers, changed, missed

    numbers, changed, missed = await archive.database.write(work)
    assert numbers[1] == numbers[0] + 1
    assert (changed, missed) == (1, 0)


async def test_what_fails_on_the_driver_leaves_nothing_and_is_named(postgres_archive):
    database = postgres_archive.database

    def work(connection):
        put_new(connection, story, [a_story(1)])
        put_row(connection, lease, {"name": "n" * 65, "holder": "h", "until": MOMENT})

    with pytest.raises(Unprocessable, match="the archive refuses a value: value too long"):
        await database.write(work)
    assert await database.read(lambda connection: STORY_AT.all(connection, {"topic": "t"})) == []


async def test_statement_prepared_before_a_migration_is_tried_later_and_then_prepared_anew(postgres_archive):
    database = postgres_archive.database

    async def read():
        return await database.read(lambda connection: STORY_AT.all(connection, {"topic": "t"}))

    await database.write(lambda connection: put_new(connection, story, [a_story(1, title="kept")]))
    await read()
    widen = text("ALTER TABLE story ALTER COLUMN title TYPE varchar(5000)")
    await database.write(lambda connection: connection.execute(widen))
    with pytest.raises(RetryLater, match="postgresql"):
        await read()
    assert [row.title for row in await read()] == ["kept"]

"""Works that wait together on SQLite share one commit; what fails fails alone."""

import asyncio
import threading

import pytest
from sqlalchemy import func, select, text

from services.contracts.failures import RetryLater
from services.store.archive import Archive
from services.store.claim.incoming import incoming_of
from services.store.database.migrate import migrate
from services.store.database.opening import open_database
from services.store.database.schema import article, outbox, search_queue, story_member
from tests.store.builders import make_article, make_text


@pytest.fixture
async def archive(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'archive.db'}")
    await migrate(database)
    yield Archive(database)
    await database.close()


def insert_number(number):
    def work(connection):
        if number == 7:
            raise ValueError("seven")
        connection.execute(text("INSERT INTO search_queue (number) VALUES (:n)"), {"n": number})
        return number

    return work


async def count(archive, table):
    return await archive.database.read(
        lambda c: c.execute(select(func.count()).select_from(table)).scalar_one()
    )


async def test_failing_work_fails_alone(archive):
    works = [archive.database.write(insert_number(number)) for number in range(20)]
    results = await asyncio.gather(*works, return_exceptions=True)
    assert [str(one) for one in results] == ["seven" if number == 7 else str(number) for number in range(20)]
    numbers = await archive.database.read(
        lambda c: c.execute(text("SELECT number FROM search_queue ORDER BY 1")).scalars().all()
    )
    assert numbers == [number for number in range(20) if number != 7]


async def test_waiting_works_share_commits(archive):
    database, commits = archive.database, []
    await database.write(
        lambda c: c.connection.dbapi_connection.set_trace_callback(lambda line: commits.append(line))
    )
    await asyncio.gather(*(database.write(insert_number(number)) for number in range(100, 160)))
    assert 1 <= sum(line == "COMMIT" for line in commits) < 20


async def test_commit_that_fails_for_many_loses_and_doubles_nothing(archive):
    messages = [
        make_article(f"https://one.example/{n}", make_text(n, 400), title=f"Headline {n}") for n in range(40)
    ]
    await archive.claim(incoming_of(messages[0]))
    pages = await archive.database.write(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar())
    await archive.database.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages + 30}").scalar())
    settled = await asyncio.gather(*(archive.claim(incoming_of(m)) for m in messages), return_exceptions=True)
    assert any(isinstance(one, RetryLater) for one in settled)
    await archive.database.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count=1000000").scalar())
    await asyncio.gather(*(archive.claim(incoming_of(message)) for message in messages))
    assert await count(archive, article) == await count(archive, story_member) == 40
    assert await count(archive, outbox) == 80
    fresh = Archive(archive.database)
    await fresh.stories.prepare("", 20_777)
    known, loaded = archive.stories._topics[""].index, fresh.stories._topics[""].index
    assert known.stories().keys() == loaded.stories().keys()


async def test_work_whose_asker_was_cancelled_is_written_and_hinders_nobody(archive):
    asking = [asyncio.create_task(archive.database.write(insert_number(number))) for number in range(30, 35)]
    await asyncio.sleep(0)
    asking[2].cancel()
    results = await asyncio.gather(*asking, return_exceptions=True)
    assert [one for one in results if not isinstance(one, asyncio.CancelledError)] == [30, 31, 33, 34]
    assert isinstance(results[2], asyncio.CancelledError)
    assert await count(archive, search_queue) == 5


def test_loop_that_ended_before_its_work_leaves_a_database_that_works(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'archive.db'}")
    began, may_end = threading.Event(), threading.Event()

    def slow(connection):
        began.set()
        return may_end.wait(30)

    async def ask():
        asyncio.get_running_loop().call_soon(asyncio.current_task().cancel)
        await database.write(slow)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ask())
    assert began.wait(30)
    may_end.set()
    assert asyncio.run(database.write(lambda c: c.execute(text("SELECT 7")).scalar())) == 7
    asyncio.run(database.close())

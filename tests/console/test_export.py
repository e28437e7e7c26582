"""`cleanwire export`: the events of the archive in every format, on both databases."""

import asyncio
import csv
import io
import json
import sqlite3
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import feedparser
import pyarrow.parquet
import pytest
from sqlalchemy import select, update

from services.console.commands.export import export
from services.console.exits import CommandError, Exit
from services.contracts.events import PublicEvent, parse_event
from services.contracts.messages import NormalizedArticle, Source, TopicMatch, WithdrawnArticle
from services.store.archive import Archive
from services.store.claim.incoming import incoming_of
from services.store.claim.settling import Settled
from services.store.database.migrate import migrate
from services.store.database.opening import open_database
from services.store.database.schema import article, story, story_member
from services.store.relay.announcement import Announcement
from services.store.relay.outbox import allot_ids, write_announcements
from services.store.stories.announcements import public_story_id
from tests.store.builders import NOON, make_article, make_text

DAY_MS = 86_400_000
FIRST_MS = 1_764_547_200_000  # 2025-12-01
TOPIC = (TopicMatch(topic="belarus-talks", score=0.9),)

Run = Callable[..., bytes]


async def claim(archive: Archive, message: NormalizedArticle, at_ms: int) -> Settled:
    """As the service would: the article is settled, and its announcement gets its entry id."""
    settled = await archive.claim(incoming_of(message))
    await archive.database.write(lambda connection: allot_ids(connection, "articles.cleaned", at_ms))
    return settled


async def withdraw(archive: Archive, settled: Settled, at_ms: int) -> None:
    gone = WithdrawnArticle(
        article_id=settled.article_id,
        canonical_id=settled.canonical_id,
        revision=2,
        url="https://gone.example/a",
        outlet="gone.example",
    )
    event = PublicEvent(
        id=f"{settled.canonical_id}:2:withdrawn",
        type="cleanwire.article.withdrawn.v1",
        subject=settled.canonical_id,
        time=NOON,
        data=gone.model_dump_json(),
    )

    def write(connection):
        write_announcements(connection, [Announcement(event, settled.article_id)])
        allot_ids(connection, "articles.cleaned", at_ms)
        connection.exec_driver_sql(
            f"UPDATE article SET withdrawn_at = 1, text = '' WHERE article_id = '{settled.article_id}'"
        )

    await archive.database.write(write)


async def fill(database_url: str) -> None:
    """Four days: an article, another on the topic, the first revised, a third that is withdrawn on the same day."""
    database = open_database(database_url)
    await migrate(database)
    archive = Archive(database)
    plain = make_article(
        "https://one.example/a", title="=SUM(1)", seed=1, published="2025-11-30T08:00:00+01:00"
    )
    await claim(archive, plain, FIRST_MS)
    on_topic = make_article("https://two.example/b", title="Talks go on", seed=2).model_copy(
        update={"topics": TOPIC, "source": Source(name="Two", outlet="Two", licence="excerpt")}
    )
    on_topic = on_topic.model_copy(
        update={"rights": on_topic.rights.model_copy(update={"licence": "excerpt"})}
    )
    await claim(archive, on_topic, FIRST_MS + DAY_MS)
    revised = make_article(
        "https://one.example/a", title="=SUM(2)", text=make_text(1) + "\n\n" + make_text(9), minutes=9
    )
    await claim(archive, revised, FIRST_MS + 2 * DAY_MS)
    gone = await claim(archive, make_article("https://gone.example/a", seed=3), FIRST_MS + 3 * DAY_MS)
    await withdraw(archive, gone, FIRST_MS + 3 * DAY_MS + 1)
    await database.close()


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Exports the filled archive into a file; its bytes."""
    asyncio.run(fill(database_url))
    monkeypatch.setenv("CLEANWIRE_DATABASE_URL", database_url)

    def run_export(format_: str = "jsonl", **options: object) -> bytes:
        output = tmp_path / "export"
        defaults = {"since": "", "start": "", "topic": "", "story": "", "newest": False, "limit": 0}
        export(format_, **{**defaults, **options}, output=output)
        return output.read_bytes()

    return run_export


def lines_of(exported: bytes) -> list[dict]:
    return [json.loads(line) for line in exported.splitlines()]


def told(exported: bytes) -> list[str]:
    return [f"{line['type'].split('.')[2]} {line['data']['url'][8:11]}" for line in lines_of(exported)]


ALL = ["published one", "published two", "revised one", "published gon", "withdrawn gon"]


def test_jsonl_holds_every_event_as_it_stands_on_the_stream(run: Run) -> None:
    exported = run("jsonl")
    assert told(exported) == ALL
    first = lines_of(exported)[0]
    assert first["entryid"] == f"{FIRST_MS}-0"
    event, _ = parse_event({**first, "data": json.dumps(first["data"])})
    assert event.id == first["id"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"since": "2025-12-02"}, ALL[1:]),
        ({"since": "2025-12-02T00:00:00.001"}, ALL[2:]),
        ({"start": f"{FIRST_MS + DAY_MS}-0"}, ALL[2:]),
        ({"start": "0", "limit": 2}, ALL[:2]),
        ({"topic": "belarus-talks"}, ["published two", "withdrawn gon"]),
        ({"newest": True}, ["published two", "revised one"]),
        ({"newest": True, "topic": "chess"}, []),
    ],
)
def test_an_export_takes_what_was_asked_for(
    run: Run, options: dict[str, object], expected: list[str]
) -> None:
    assert told(run("jsonl", **options)) == expected


def test_a_story_is_exported_whole(run: Run, database_url: str) -> None:
    stories = asyncio.run(stories_by_url(database_url))
    assert told(run("jsonl", story=stories["https://one.example/a"])) == ["published one", "revised one"]
    assert told(run("jsonl", story=stories["https://two.example/b"])) == ["published two"]


@pytest.mark.parametrize(
    ("story_id", "what"),
    [("all-4711", "there is no story"), ("tomorrow", "is no story id"), ("all-x", "is no story id")],
)
def test_an_unknown_story_is_told(run: Run, story_id: str, what: str) -> None:
    with pytest.raises(CommandError, match=what) as refused:
        run("jsonl", story=story_id)
    assert refused.value.code == Exit.USAGE


def test_a_story_that_was_taken_up_says_by_which(run: Run, database_url: str) -> None:
    story_id = asyncio.run(stories_by_url(database_url))["https://one.example/a"]
    asyncio.run(merge_into(database_url, story_id, 99))
    with pytest.raises(CommandError, match="became part of 'all-99'"):
        run("jsonl", story=story_id)


async def merge_into(database_url: str, story_id: str, into: int) -> None:
    database = open_database(database_url)
    number = int(story_id.rpartition("-")[2])
    statement = update(story).where(story.c.story_id == number).values(merged_into=into)
    await database.write(lambda connection: connection.execute(statement))
    await database.close()


async def stories_by_url(database_url: str) -> dict[str, str]:
    database = open_database(database_url)
    statement = select(article.c.canonical_url, story_member.c.topic, story_member.c.story_id).join(
        story_member, story_member.c.article_id == article.c.article_id
    )
    rows = await database.read(lambda connection: connection.execute(statement).all())
    await database.close()
    return {row.canonical_url: public_story_id(row.topic, row.story_id) for row in rows}


def test_csv_has_a_head_row_and_no_formulas(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("csv").decode(), newline="")))
    assert [row["title"] for row in rows][:3] == ["'=SUM(1)", "Talks go on", "'=SUM(2)"]
    assert rows[1]["topics"] == "belarus-talks"
    assert rows[0]["text"] == make_text(1)
    assert (rows[4]["revision"], rows[4]["text"]) == ("2", "")


def test_an_empty_csv_still_has_its_head_row(run: Run) -> None:
    assert run("csv", since="2025-12-20").startswith(b"entry_id,event_id,type,time")


def test_parquet_has_the_same_rows_with_their_types(run: Run, tmp_path: Path) -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(run("parquet")))
    assert table.column("revision").to_pylist() == [1, 1, 2, 1, 2]
    assert table.column("text").to_pylist()[0] == make_text(1)
    assert table.column("text").to_pylist()[4] is None


def test_rss_is_read_by_a_feed_reader_newest_first_and_as_the_licence_allows(run: Run) -> None:
    feed = feedparser.parse(run("rss"))
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["=SUM(2)", "Talks go on"]
    whole, excerpt = (entry.content[0].value for entry in feed.entries)
    assert whole.count("<p>") == 6 and excerpt.count("<p>") == 1
    assert feed.entries[1].guidislink is False
    assert [tag.term for tag in feed.entries[1].tags] == ["belarus-talks"]


def test_rss_survives_what_xml_cannot_hold() -> None:
    from services.console.export.events import ExportedEvent
    from services.console.export.rss import RssFeed

    hostile = make_article(title="a\x08b <script>&", text="]]> \x0b\ufffe")
    data = hostile.model_dump(mode="json") | {"canonical_id": "c", "outlet": "o"}
    output = io.BytesIO()
    feed = RssFeed(output)
    feed.write([ExportedEvent("1-0", {"data": json.dumps(data), "time": NOON.isoformat()})])
    feed.close()
    assert ElementTree.fromstring(output.getvalue()).findtext("channel/item/title") == "ab <script>&"


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"format_": "xls"}, "unknown format 'xls'"),
        ({"since": "yesterday"}, "unknown start point 'yesterday'"),
        ({"start": "$"}, "$ is no start point for an export"),
        ({"since": "2025-12-01", "start": "0"}, "both given"),
    ],
)
def test_bad_use_is_told(run: Run, options: dict[str, str], what: str) -> None:
    with pytest.raises(CommandError) as refused:
        run(**options)
    assert what in refused.value.what and refused.value.code == Exit.USAGE


def test_a_missing_archive_is_told_and_none_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANWIRE_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(CommandError, match="there is no archive") as refused:
        export("jsonl", since="", start="", topic="", story="", newest=False, limit=0, output=tmp_path / "o")
    assert refused.value.code == Exit.UNREACHABLE
    assert not (tmp_path / "none.db").exists()


def test_an_archive_of_another_release_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('0000')")
    connection.close()
    monkeypatch.setenv("CLEANWIRE_DATABASE_URL", f"sqlite:///{tmp_path / 'old.db'}")
    with pytest.raises(CommandError, match="has schema 0000") as refused:
        export("jsonl", since="", start="", topic="", story="", newest=False, limit=0, output=tmp_path / "o")
    assert refused.value.advice == "cleanwire migrate"


def test_a_person_at_a_terminal_sees_progress_on_stderr_only(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr", terminal)
    assert told(run("jsonl")) == ALL
    assert "export" in terminal.getvalue()


def test_a_program_sees_no_progress(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("jsonl")
    assert capsys.readouterr().err == "exported 5 events\n"

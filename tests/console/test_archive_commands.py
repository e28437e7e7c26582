"""The commands that ask the archive: search, article, story, trace, forget, backup and restore, rebuild-stream."""

import json
from pathlib import Path

import pytest
from redis import Redis

from services.console.exits import Exit
from services.store.archive import Archive
from services.store.claim.incoming import incoming_of
from services.store.database.migrate import migrate
from services.store.database.opening import open_database
from services.store.dedup import message_of
from services.store.reading.search_index import index_waiting
from tests.console.command_line import Run, lines_run

URL = "https://example.org/talks"
FIRST = (
    "Envoys of the United States and Belarus met in Vilnius on Monday and spoke for six hours about prisoners.\n\n"
    "The Belarusian side asked for spare parts for its state airline, and the list of names held 21 people.\n\n"
    "Both delegations said that they would meet again before the end of the month in another town."
)
SECOND = (
    FIRST.replace("21 people", "26 people")
    + "\n\nFive more names were added after a telephone call to Minsk."
)


NEARLY = (
    "A choir of forty voices opened the winter season in the harbour church on Sunday night before a full house.\n\n"
    "The Belarusian side asked for spare parts for its state airline, and the list of names held 21 people. "
    "Both delegations said that they would meet again.\n\n"
    "Tickets for the second concert were gone within an hour, and a third is planned."
)


async def fill(folder: Path) -> None:
    """An archive with one article in two revisions, a copy of it at another outlet, and an article that shares half of it."""
    rows = [
        {"id": "0", "title": "A choir sings", "text": NEARLY, "url": "https://third.example/choir", "outlet": "Three", "fetched_at": "2026-11-20T09:00:00Z"},
        {"id": "1", "title": "Envoys meet", "text": FIRST, "url": URL, "outlet": "One", "fetched_at": "2026-11-20T10:00:00Z"},
        {"id": "2", "title": "Envoys meet", "text": FIRST, "url": "https://other.example/x", "outlet": "Two", "fetched_at": "2026-11-20T11:00:00Z"},
        {"id": "3", "title": "Envoys meet", "text": SECOND, "url": URL, "outlet": "One", "fetched_at": "2026-11-20T12:00:00Z"},
    ]  # fmt: skip
    database = open_database(f"sqlite:///{folder / 'archive.db'}")
    await migrate(database)
    for number, row in enumerate(rows, 1):
        await Archive(database).claim(incoming_of(message_of(row, number)))
    while await index_waiting(database):
        pass
    await database.close()


@pytest.fixture
def cleanwire(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, redis_url: str
) -> Run:
    import asyncio

    monkeypatch.setenv("CLEANWIRE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CLEANWIRE_REDIS_URL", redis_url)
    asyncio.run(fill(tmp_path))
    return lines_run(capsys)


def test_search_finds_words_in_any_form(cleanwire: Run) -> None:
    code, out, _ = cleanwire("search", "envoy prisoner", "--json")
    assert code == Exit.DONE
    assert URL in [json.loads(line)["url"] for line in out.splitlines()]
    assert "no article" in cleanwire("search", "volcano")[1]
    assert cleanwire("search", '""')[0] == Exit.USAGE


def test_article_is_found_by_any_spelling_of_its_url(cleanwire: Run) -> None:
    code, out, _ = cleanwire("article", f"{URL}?utm_source=x", "--json")
    told = json.loads(out)
    assert code == Exit.DONE
    assert (told["url"], told["revision"]) == (URL, 2)
    assert [member["outlet"] for member in told["members"]] == ["Two"]
    assert [one["number"] for one in told["revisions"]] == [1, 2]
    assert "ledger" not in told["revisions"][0]


def test_article_shows_an_earlier_revision_and_what_changed(cleanwire: Run) -> None:
    assert "21 people" in cleanwire("article", URL, "--revision", "1")[1]
    out = cleanwire("article", URL, "--diff")[1]
    assert "[-21-]{+26+}" in out
    assert "figures: 21 → 26" in out
    assert "Five more names" in out
    code, _, err = cleanwire("article", URL, "--revision", "9")
    assert code == Exit.USAGE and "1, 2" in err


def test_article_names_what_is_nearly_the_same(cleanwire: Run) -> None:
    other = json.loads(cleanwire("article", "https://third.example/choir", "--json")[1])["article_id"]
    told = cleanwire("article", "https://other.example/x")[1].splitlines()
    [line] = [line for line in told if line.startswith("near miss")]
    assert other in line and line.endswith("% shared")


def test_unknown_article_and_story_say_how_to_find_one(cleanwire: Run) -> None:
    for words, hint in (
        (("article", "nobody"), "search"),
        (("story", "none-1"), "tail"),
        (("trace", "https://example.org/no"), "--logs"),
    ):
        code, out, err = cleanwire(*words)
        assert (code, out) == (Exit.FAULT, "")
        assert hint in err


def test_story_lists_its_articles(cleanwire: Run) -> None:
    story_id = json.loads(cleanwire("article", URL, "--json")[1])["story_id"]
    code, out, _ = cleanwire("story", story_id)
    assert code == Exit.DONE
    assert URL in out


def test_trace_joins_archive_and_logs_in_order(cleanwire: Run, tmp_path: Path) -> None:
    log = tmp_path / "services.log"
    lines = [
        {
            "timestamp": "2026-11-20T09:59:59.5Z",
            "service": "ingest",
            "event": "page_fetched",
            "url": URL,
            "bytes": 5,
        },
        {
            "timestamp": "2026-11-20T10:00:01Z",
            "service": "ingest",
            "event": "page_fetched",
            "url": "https://example.org/else",
        },
    ]
    log.write_text("\n".join([*map(json.dumps, lines), "no json", "[1]"]))
    steps = cleanwire("trace", URL, "--logs", str(log))[1].splitlines()
    assert "page_fetched bytes=5" in steps[1]
    assert "kept as new" in steps[2]
    assert any("kept as revision" in step for step in steps)
    assert any("same text at Two" in step for step in steps)
    assert not any("else" in step for step in steps)


def test_forget_asks_first_and_then_removes_the_text(cleanwire: Run) -> None:
    assert cleanwire("forget", "--article", URL)[0] == Exit.USAGE
    assert cleanwire("forget", "--yes")[0] == Exit.USAGE
    code, out, _ = cleanwire("forget", "--article", URL, "--yes")
    assert code == Exit.DONE and out.startswith("1 text removed, 1 withdrawal announced")
    assert "the text was forgotten" in cleanwire("article", URL)[1]


def test_backup_and_restore_bring_a_forgotten_text_back(cleanwire: Run, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert cleanwire("backup", str(copy))[0] == Exit.DONE
    assert cleanwire("backup", str(copy))[0] == Exit.FAULT
    cleanwire("forget", "--article", URL, "--yes")
    assert cleanwire("restore", str(tmp_path / "none.db"))[0] == Exit.USAGE
    assert cleanwire("restore", str(copy))[0] == Exit.DONE
    assert "26 people" in cleanwire("article", URL)[1]


def test_rebuild_stream_fills_an_empty_server_and_then_nothing(cleanwire: Run, redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        assert "articles.cleaned: 3 entries" in cleanwire("rebuild-stream")[1]
        before = redis.xrange("articles.cleaned")
        assert "articles.cleaned: 0 entries" in cleanwire("rebuild-stream")[1]
        redis.flushdb()
        cleanwire("rebuild-stream")
        assert redis.xrange("articles.cleaned") == before

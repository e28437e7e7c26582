"""`cleanwire replay`: kept pages through today's engine, the difference first, then revisions by way of a side stream."""

import asyncio
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from redis import Redis

from bench.raw_articles import raw_article
from services.console.commands.replay import replay
from services.console.exits import CommandError, Exit
from services.contracts.failures import RetryLater
from services.contracts.messages import Author, NormalizedArticle, RawArticle
from services.contracts.streams import PAGE_FIELD
from services.normalize import extract
from services.normalize.core.normalized import normalized_article
from services.normalize.extract import Extraction
from services.normalize.page_keeping import page_keeper
from services.runtime.envelope import DATA_FIELD
from services.store.archive import Archive
from services.store.claim.incoming import incoming_of
from services.store.database.migrate import migrate
from services.store.database.opening import open_database

MONDAY = datetime(2025, 12, 1, 9, tzinfo=UTC)
EVENTS = (
    "The American envoy came back to Minsk on Friday for a second round of talks about the prisoners.",
    "Both sides called the meeting useful, but neither would name a date on which they might meet again.",
    "Officials of the ministry said that the border crossing near Grodno would stay closed until the spring.",
    "Four people who had been held since the autumn were driven to the embassy late in the evening.",
    "The spokeswoman told reporters that sanctions on potash were not discussed at this meeting.",
)

Run = Callable[..., dict]


def told(title: str, paragraph: str) -> str:
    """The paragraph in an order of words of its own for each title: no page is a copy of another."""
    words = paragraph.rstrip(".").split()
    random.Random(title).shuffle(words)
    return f"{title}: {' '.join(words)}."


def page_of(title: str, paragraphs: tuple[str, ...] = EVENTS) -> bytes:
    body = "".join(f"<p>{told(title, paragraph)}</p>" for paragraph in paragraphs)
    return (
        f'<html lang="en"><head><title>{title}</title><meta property="og:title" content="{title}"></head>'
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


def raw_of(name: str, page: bytes, day: int = 0) -> RawArticle:
    return raw_article(f"https://{name}.example/a", MONDAY + timedelta(days=day), page)


def normalized(raw: RawArticle, page: bytes) -> NormalizedArticle:
    found = extract(page, raw.final_url, "text/html; charset=utf-8")
    assert isinstance(found, Extraction), found
    article = normalized_article(raw, found, ())
    assert isinstance(article, NormalizedArticle)
    return article


def as_an_older_engine_saw_it(article: NormalizedArticle, **lost: object) -> NormalizedArticle:
    return article.model_copy(update={"engine": "0.9", **lost})


async def prepare(pages_url: str, database_url: str) -> None:
    """Five kept pages: one extracted as today, one that lost its end, one its author, one rejected, one replaced."""
    keep, database = page_keeper(pages_url), open_database(database_url)
    await migrate(database)
    archive = Archive(database)

    async def fetch(name: str, page: bytes, day: int = 0) -> NormalizedArticle:
        raw = raw_of(name, page, day)
        await keep(raw, page, {PAGE_FIELD.encode(): zstandard.compress(page)})
        return normalized(raw, page)

    same = await fetch("same", page_of("Envoy returns"))
    shorter = await fetch("shorter", page_of("Talks go on", EVENTS[::-1]), day=1)
    nameless = await fetch("nameless", page_of("Crossing shut", EVENTS[1:]), day=1)
    await fetch("rejected", page_of("Found again", EVENTS[:4]), day=2)
    replaced = await fetch("replaced", page_of("First state", EVENTS[2:]), day=2)
    newer = await fetch("replaced", page_of("Second state", EVENTS[2:]), day=3)
    for article in (
        same,
        as_an_older_engine_saw_it(shorter, text=shorter.text.rpartition("\n\n")[0]),
        as_an_older_engine_saw_it(nameless, authors=(Author(name="Nobody Atall"),)),
        as_an_older_engine_saw_it(replaced, text=replaced.text.partition("\n\n")[0]),
        newer,
    ):
        await archive.claim(incoming_of(article))
    junk = raw_of("junk", b"\x00" * 99, 1)
    await keep(junk, b"\x00" * 99, {PAGE_FIELD.encode(): zstandard.compress(b"\x00" * 99)})
    await database.close()


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'archive.db'}"


@pytest.fixture
def run(
    tmp_path: Path,
    redis_url: str,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs `cleanwire replay`; the report as an object (empty for --promote and --discard)."""
    topics = tmp_path / "topics"
    topics.mkdir()
    kept = str(tmp_path / "kept")
    for name, value in {
        "REDIS_URL": redis_url,
        "DATABASE_URL": database,
        "PAGES_URL": kept,
        "TOPICS_DIR": str(topics),
    }.items():
        monkeypatch.setenv(f"CLEANWIRE_{name}", value)
    asyncio.run(prepare(kept, database))

    def run_replay(**options: object) -> dict:
        capsys.readouterr()
        defaults = {"since": "", "dry_run": False, "promote": False, "discard": False, "samples": 5}
        replay(**{**defaults, **options}, as_json=True)
        out = capsys.readouterr().out
        return json.loads(out) if out else {}

    return run_replay


def side_stream(redis_url: str) -> list[dict]:
    with Redis.from_url(redis_url) as redis:
        entries = redis.xrange("articles.replayed")
    return [json.loads(fields[DATA_FIELD.encode()])["data"] for _, fields in entries]


def test_a_dry_run_says_what_would_change_and_changes_nothing(run: Run, redis_url: str) -> None:
    report = run(since="0", dry_run=True)
    counts = {
        name: report[name]
        for name in ("unchanged", "changed", "now_accepted", "still_rejected", "superseded")
    }
    assert counts == {"unchanged": 2, "changed": 2, "now_accepted": 1, "still_rejected": 1, "superseded": 1}
    assert report["fields"] == {"text": 1, "authors": 1}
    (text,) = (sample for sample in report["samples"] if "shorter" in sample["url"])
    assert text["difference"][-1] == "+" + told("Talks go on", EVENTS[0])
    with Redis.from_url(redis_url) as redis:
        assert redis.keys() == []


@pytest.mark.parametrize(
    ("since", "changed"), [("2025-12-02", 2), ("2025-12-03", 0), ("2025-12-02T09:00:01", 0)]
)
def test_a_replay_begins_where_it_is_told(run: Run, since: str, changed: int) -> None:
    assert run(since=since, dry_run=True)["changed"] == changed


def test_what_changes_waits_on_the_side_stream_and_goes_on_when_promoted(
    run: Run, redis_url: str, database: str
) -> None:
    run(since="0")
    with Redis.from_url(redis_url) as redis:
        assert redis.xlen("articles.replayed") == 3 and not redis.exists("articles.normalized")
        run(promote=True)
        assert not redis.exists("articles.replayed")
        entries = redis.xrange("articles.normalized")
    settled = asyncio.run(claimed(database, [fields[DATA_FIELD.encode()] for _, fields in entries]))
    assert sorted(settled) == ["new 1", "revision 2", "revision 2"]
    assert run(since="0", dry_run=True)["changed"] == 0


async def claimed(database_url: str, envelopes: list[bytes]) -> list[str]:
    """What the store makes of the promoted messages."""
    database = open_database(database_url)
    archive = Archive(database)
    told = []
    for envelope in envelopes:
        body = json.loads(envelope)["data"]
        message = NormalizedArticle.model_validate(json.loads(body) if isinstance(body, str) else body)
        settled = await archive.claim(incoming_of(message))
        told.append(f"{settled.verdict} {settled.revision}")
    await database.close()
    return told


def test_a_second_replay_waits_for_the_first_to_be_settled(run: Run, redis_url: str) -> None:
    run(since="0")
    with pytest.raises(CommandError, match="3 articles of an earlier replay wait"):
        run(since="0")
    run(discard=True)
    with Redis.from_url(redis_url) as redis:
        assert redis.keys() == []


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({}, "say one of --since, --promote, --discard"),
        ({"since": "0", "promote": True}, "say one of"),
        ({"since": "soon"}, "unknown start point 'soon'"),
    ],
)
def test_bad_use_is_told(run: Run, options: dict[str, object], what: str) -> None:
    with pytest.raises(CommandError, match=what) as refused:
        run(**options)
    assert refused.value.code == Exit.USAGE


def test_without_kept_pages_it_says_which_setting_is_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLEANWIRE_PAGES_URL")
    with pytest.raises(CommandError, match="CLEANWIRE_PAGES_URL is not set"):
        run(since="0", dry_run=True)


async def test_a_page_that_cannot_be_kept_is_not_handed_on(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    keep = page_keeper(str(tmp_path / "kept"))
    (tmp_path / "kept").rmdir()
    (tmp_path / "kept").touch()
    page = page_of("Envoy returns")
    with pytest.raises(RetryLater):
        await keep(raw_of("same", page), page, {PAGE_FIELD.encode(): zstandard.compress(page)})

"""`source check|add|list|balance`, `politeness` and `backfill` as an operator types them, on a loopback site and a real server."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis

from services.console.exits import Exit
from services.ingest import keys
from services.ingest.sources.sources_file import read_catalogue
from tests.console.command_line import Run, lines_run
from tests.web.loopback_web import LoopbackWeb

NOW = datetime.now(UTC)
PARAGRAPH = "<p>Envoys of both countries spoke for six hours about prisoners and the border, officials said after it.</p>"


@pytest.fixture
def paper() -> Iterator[LoopbackWeb]:
    """A small newspaper: a front page that names its feed, a feed, one article, a robots.txt with a sitemap."""
    with LoopbackWeb() as web:
        web.put(
            "/",
            b'<html lang="en"><head><meta property="og:site_name" content="The Harbour Paper">'
            b'<link rel="alternate" type="application/rss+xml" href="/rss"></head><body>Hello</body></html>',
        )
        items = "".join(
            f"<item><title>Talks, day {n}</title><link>{web.url(f'/{n}')}</link>"
            f"<pubDate>{(NOW - timedelta(hours=n)).strftime('%a, %d %b %Y %H:%M:%S GMT')}</pubDate></item>"
            for n in range(1, 6)
        )
        web.put(
            "/rss", f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), "application/rss+xml"
        )
        web.put("/1", f"<html><body><article><h1>Talks</h1>{PARAGRAPH * 12}</article></body></html>".encode())
        robots = f"User-agent: *\nDisallow: /private\nSitemap: {web.url('/s.xml')}\n"
        web.put("/robots.txt", robots.encode(), "text/plain")
        yield web


@pytest.fixture
def cleanwire(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    redis_url: str,
    paper: LoopbackWeb,
) -> Run:
    for name, value in {
        "CONTACT": "ops@example.org",
        "ALLOW_PRIVATE_HOSTS": paper.host,
        "SOURCES_FILE": str(tmp_path / "sources.toml"),
        "DATA_DIR": str(tmp_path),
        "REDIS_URL": redis_url,
        "HOST_GAP_S": "0",
    }.items():
        monkeypatch.setenv(f"CLEANWIRE_{name}", value)
    return lines_run(capsys)


def test_check_tells_people_on_stderr_and_gives_the_block_on_stdout(
    cleanwire: Run, paper: LoopbackWeb, tmp_path: Path
) -> None:
    code, out, err = cleanwire("source", "check", paper.url("/"))
    assert code == Exit.DONE
    for told in (
        "robots    allowed",
        "rights    tdm unsaid",
        "one in 60 min",
        "/s.xml",
        "score",
        "verdict   good",
    ):
        assert told in err
    (tmp_path / "block.toml").write_text(out)
    [listing] = read_catalogue(tmp_path / "block.toml").listings.values()
    assert (listing.source.name, listing.url) == ("The Harbour Paper", paper.url("/rss"))


def test_check_of_what_cannot_be_followed_gives_no_block(cleanwire: Run, paper: LoopbackWeb) -> None:
    paper.put("/robots.txt", b"User-agent: *\nDisallow: /\n", "text/plain")
    code, out, err = cleanwire("source", "check", paper.url("/"))
    assert (code, out) == (Exit.REJECTED, "")
    assert "robots.txt keeps us out" in err


def test_check_of_nonsense_is_a_usage_error(cleanwire: Run) -> None:
    code, _, err = cleanwire("source", "check", "nonsense")
    assert code == Exit.USAGE
    assert "write it as https://" in err


def test_added_source_is_listed_and_its_history_can_be_asked_for(
    cleanwire: Run, paper: LoopbackWeb, tmp_path: Path
) -> None:
    code, _, _ = cleanwire(
        "source", "add", paper.url("/"), "--side", "exile", "--country", "BY", "--name", "Harbour"
    )
    [listing] = read_catalogue(tmp_path / "sources.toml").listings.values()
    assert code == Exit.DONE
    assert (listing.source.name, listing.source.side, listing.source.country) == ("Harbour", "exile", "BY")

    code, out, _ = cleanwire("source", "list", "--json")
    assert (code, json.loads(out)["source"], json.loads(out)["state"]) == (Exit.DONE, "Harbour", "unknown")

    code, out, _ = cleanwire("backfill", "Harbour", "--since", "2026-11-01")
    assert (code, out.strip()) == (Exit.DONE, paper.url("/robots.txt"))


def test_same_source_is_not_added_twice(cleanwire: Run, paper: LoopbackWeb, tmp_path: Path) -> None:
    cleanwire("source", "add", paper.url("/"))
    before = (tmp_path / "sources.toml").read_text()
    code, _, err = cleanwire("source", "add", paper.url("/"))
    assert code == Exit.USAGE
    assert "is taken by an earlier source" in err
    assert (tmp_path / "sources.toml").read_text() == before


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["backfill", "Nobody", "--since", "2026-11-01"], "there is no source 'Nobody'"),
        (["backfill", "Harbour", "--since", "yesterday"], "'yesterday' is no day"),
        (["politeness", "--day", "21.11.2026"], "'21.11.2026' is no day"),
    ],
)
def test_wrong_name_or_day_is_told_with_what_is_allowed(
    cleanwire: Run, paper: LoopbackWeb, words: list[str], complaint: str
) -> None:
    cleanwire("source", "add", paper.url("/"), "--name", "Harbour")
    code, _, err = cleanwire(*words)
    assert code == Exit.USAGE
    assert complaint in err


def test_politeness_of_a_day_is_a_line_for_each_host(cleanwire: Run, redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    redis.sadd(keys.hosts_of_day("2026-11-21"), "a.example:443")
    counts = {"requests": 8, "bytes": 4000, "not_modified": 6, "throttled": 1, "shortest_gap_ms": 5004}
    redis.hset(keys.day_counts("2026-11-21", "a.example:443"), mapping=counts)
    code, out, _ = cleanwire("politeness", "--day", "2026-11-21")
    assert code == Exit.DONE
    for told in ("a.example:443", "8 requests", "4,000 bytes", "304  75%", "429/503 1", "shortest gap 5.0 s"):
        assert told in out


def test_balance_shows_each_day_by_side_and_who_is_dark(cleanwire: Run, redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    redis.sadd(keys.coverage(yesterday, "exile"), "a", "b", "c")
    redis.sadd(keys.coverage(yesterday, "regional"), "d")
    redis.hset(keys.SIDES_DARK, "state", str(datetime(2026, 11, 20, 8, 14, tzinfo=UTC).timestamp()))

    code, out, _ = cleanwire("source", "balance", "--days", "30")
    assert code == Exit.DONE
    assert len(out.splitlines()) == 1 + 30 + 1
    assert f"{yesterday} 0 (0%) 3 (75%) 1 (25%) 0 (0%)" in " ".join(out.split())
    assert "state is dark: nothing new since 2026-11-20 08:14 UTC" in out
    assert "side state is dark" in cleanwire("status")[1]

    *days, dark = map(json.loads, cleanwire("source", "balance", "--json")[1].splitlines())
    assert len(days) == 7
    [day] = [one for one in days if one["day"] == yesterday]
    assert day["counts"]["exile"] == 3
    assert dark == {"dark": {"state": "2026-11-20T08:14:00+00:00"}}

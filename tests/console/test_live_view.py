"""What `up` counts and draws."""

import io
import json

from rich.console import Console

from services.console.local.live_view import Picture, draw
from services.console.local.tallies import Tallies
from services.runtime.backlog import GroupBacklog, StreamBacklog


def taken(*records: dict[str, object]) -> Tallies:
    tallies = Tallies()
    for record in records:
        tallies.take_line(json.dumps(record).encode())
    return tallies


def drawn(tallies: Tallies, *, width: int = 120, titles: tuple[str, ...] = ()) -> str:
    streams = {"articles.raw": StreamBacklog(7, {"normalize": GroupBacklog(3, 2, 90.0)}, dead=1)}
    picture = Picture(
        tallies,
        streams,
        titles,
        {"ingest": 0, "normalize": 2, "store": None},
        3_725.0,
        "redis://127.0.0.1:1/0",
    )
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(draw(picture))
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_polls_pages_rejections_and_verdicts_are_counted() -> None:
    tallies = taken(
        {"event": "feed_polled", "source": "a", "outcome": "new"},
        {"event": "feed_polled", "source": "a", "outcome": "failed"},
        {"event": "page_fetched", "bytes": 1_500_000},
        {"event": "fetch_refused", "reason": "robots"},
        {"event": "page_rejected", "reason": "off topic"},
        {"event": "article_normalized"},
        {"event": "article_stored", "verdict": "new"},
        {"event": "message_dead_lettered", "level": "error"},
    )
    assert (tallies.polls, tallies.sources) == ({"new": 1, "failed": 1}, {"a": "failed"})
    assert (tallies.pages, tallies.bytes_fetched, tallies.normalized, tallies.dead) == (1, 1_500_000, 1, 1)
    assert (tallies.unfetched, tallies.rejected, tallies.verdicts) == (
        {"robots": 1},
        {"off topic": 1},
        {"new": 1},
    )


def test_line_that_is_no_record_counts_nothing() -> None:
    tallies = Tallies()
    assert tallies.take_line(b"Traceback (most recent call last):\n") is None
    assert tallies.take_line(b'["a list"]\n') is None
    assert tallies == Tallies()


def test_warnings_become_notes_and_the_oldest_go() -> None:
    tallies = taken(
        *({"event": f"event {number}", "level": "warning", "service": "store"} for number in range(20))
    )
    assert len(tallies.notes) < 10
    assert "event 19" in tallies.notes[-1]


def test_paused_stage_is_shown_until_it_resumes() -> None:
    paused = {"event": "stage_paused", "service": "ingest", "level": "warning"}
    assert "ingest paused" in drawn(taken(paused))
    assert "ingest up" in drawn(taken(paused, {"event": "stage_resumed", "service": "ingest"}))


def test_view_shows_restarts_backlog_and_newest_titles() -> None:
    text = drawn(taken({"event": "page_rejected", "reason": "off topic"}), titles=("Outlet: A title",))
    assert "1:02:05" in text
    assert "normalize up (2x restarted)" in text and "store down" in text
    assert "off topic" in text and "Outlet: A title" in text
    row = next(line for line in text.splitlines() if "articles.raw" in line)
    assert [cell for cell in row.split() if cell != "│"] == ["articles.raw", "7", "3", "2", "90", "s", "1"]


def test_view_fits_a_narrow_terminal_and_bears_hostile_titles() -> None:
    text = drawn(Tallies(), width=60, titles=("[bold]not markup[/] \x1b[2J" + "x" * 300,))
    assert all(len(line) <= 60 for line in text.splitlines())
    assert "[bold]not markup[/]" in text
    assert "\x1b" not in text

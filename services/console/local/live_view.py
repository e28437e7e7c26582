"""The picture that `cleanwire up` keeps on the terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from services.runtime.backlog import StreamBacklog

from ..telling import harmless
from .tallies import Tallies

TITLES_SHOWN = 8
REASONS_SHOWN = 6
OLD_S = 60.0  # a pending entry older than this is drawn in yellow: twice the visibility time


@dataclass(frozen=True)
class Picture:
    """What is drawn: counts, streams, newest clean titles (newest first), and each service's restarts (None: not running)."""

    tallies: Tallies
    streams: Mapping[str, StreamBacklog]
    titles: Sequence[str]
    services: Mapping[str, int | None]
    running_s: float
    redis_url: str


def draw(picture: Picture) -> RenderableType:
    """The whole view."""
    top = Table.grid(expand=True, padding=(0, 1))
    top.add_column(ratio=1)
    top.add_column(ratio=1)
    top.add_row(
        Panel(_walk(picture), title="the walk", border_style="dim"),
        Panel(_rejections(picture.tallies), title="cut away", border_style="dim"),
    )
    parts: list[RenderableType] = [
        _headline(picture),
        top,
        Panel(_backlog(picture.streams), title="streams", border_style="dim"),
        Panel(_titles(picture.titles), title="newest clean articles", border_style="green"),
    ]
    if picture.tallies.notes:
        parts.append(
            Panel(
                Text(harmless("\n".join(picture.tallies.notes)), overflow="ellipsis", no_wrap=True),
                title="notes",
                border_style="yellow",
            )
        )
    return Group(*parts)


def _headline(picture: Picture) -> Text:
    minutes, seconds = divmod(int(picture.running_s), 60)
    line = Text(" cleanwire ", style="bold reverse")
    line.append(f"  {minutes // 60}:{minutes % 60:02}:{seconds:02}   ")
    for name, restarts in picture.services.items():
        style = (
            "red" if restarts is None else "yellow" if name in picture.tallies.paused or restarts else "green"
        )
        state = "down" if restarts is None else "paused" if name in picture.tallies.paused else "up"
        line.append(f"{name} {state}", style=style)
        line.append(f" ({restarts}x restarted)   " if restarts else "   ")
    line.append("Ctrl-C stops", style="dim")
    return line


def _walk(picture: Picture) -> Table:
    tallies = picture.tallies
    polls = ", ".join(f"{count} {outcome}" for outcome, count in tallies.polls.most_common())
    ill = sum(outcome == "failed" for outcome in tallies.sources.values())
    table = _pairs()
    table.add_row("sources polled", str(len(tallies.sources)), f"{ill} failing" if ill else "", style="")
    table.add_row("polls", str(sum(tallies.polls.values())), polls)
    table.add_row("pages", str(tallies.pages), f"{tallies.bytes_fetched / 1e6:.1f} MB")
    table.add_row("articles", str(tallies.normalized), f"{sum(tallies.rejected.values())} rejected")
    clean = sum(tallies.verdicts[verdict] for verdict in ("new", "revision", "update"))
    table.add_row(Text("clean", style="bold green"), Text(str(clean), style="bold green"), _verdicts(tallies))
    if tallies.dead:
        table.add_row(
            Text("dead letters", style="red"), Text(str(tallies.dead), style="red"), "cleanwire dead list"
        )
    return table


def _verdicts(tallies: Tallies) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in tallies.verdicts.most_common())


def _rejections(tallies: Tallies) -> Table:
    table = _pairs()
    for reason, count in tallies.rejected.most_common(REASONS_SHOWN):
        table.add_row(reason, str(count), "rejected")
    for reason, count in tallies.unfetched.most_common(REASONS_SHOWN):
        table.add_row(reason, str(count), "not fetched")
    if not tallies.rejected and not tallies.unfetched:
        table.add_row(Text("nothing yet", style="dim"), "", "")
    return table


def _backlog(streams: Mapping[str, StreamBacklog]) -> Table:
    table = Table(expand=True, box=None, pad_edge=False, header_style="dim")
    table.add_column("stream")
    for heading in ("entries", "unread", "under way", "oldest", "dead"):
        table.add_column(heading, justify="right")
    for name, state in streams.items():
        lag = sum(group.lag for group in state.groups.values())
        pending = sum(group.pending for group in state.groups.values())
        oldest = max((group.oldest_pending_s or 0.0 for group in state.groups.values()), default=0.0)
        unread, under_way = (str(lag), str(pending)) if state.groups else ("", "")
        age = Text(f"{oldest:.0f} s" if oldest else "", style="yellow" if oldest > OLD_S else "")
        table.add_row(
            name, str(state.length), unread, under_way, age, Text(str(state.dead or ""), style="red")
        )
    return table


def _titles(titles: Sequence[str]) -> RenderableType:
    if not titles:
        return Text("the first one comes when a feed names an article on the topic", style="dim")
    return Text(harmless("\n".join(titles[:TITLES_SHOWN])), overflow="ellipsis", no_wrap=True)


def _pairs() -> Table:
    table = Table.grid(expand=True, padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", style="bold")
    table.add_column(style="dim", ratio=1, overflow="ellipsis", no_wrap=True)
    return table

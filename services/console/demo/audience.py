"""Who watches the demo: a program that reads JSON lines, or a person at a terminal."""

import sys
import time
from typing import Protocol

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from services.contracts.events import parse_event
from services.contracts.messages import CleanArticle, StoryChange
from services.contracts.streams import ARTICLES_CLEANED

from ..entries import StreamEntry
from ..local.tallies import Tallies
from ..local.up import pass_to_stderr
from ..public_entries import entry_json
from ..telling import harmless
from .scenes import Scene

OPENING_CHARS = 260


class Audience(Protocol):
    """What the performance tells while it goes on."""

    def take_log(self, service: str, line: bytes) -> None:
        """A line a service logged."""

    def show(self, entry: StreamEntry, scene: Scene | None) -> None:
        """An event came out; `scene` is the one it was awaited for."""

    def finish(self, articles: int, elapsed_s: float, data_dir: str) -> None:
        """Everything has come out."""


class JsonLines:
    """For programs: each event of `articles.cleaned` as one JSON object a line on stdout, logs on stderr."""

    def take_log(self, service: str, line: bytes) -> None:
        pass_to_stderr(service, line)

    def show(self, entry: StreamEntry, scene: Scene | None) -> None:
        if entry.stream == ARTICLES_CLEANED:
            typer.echo(entry_json(entry.id, entry.fields))

    def finish(self, articles: int, elapsed_s: float, data_dir: str) -> None:
        sys.stdout.flush()


class Stage:
    """For people: each article as it arrives, what was rejected, what went wrong."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._tallies = Tallies()
        self._started = time.monotonic()
        self._console.print(
            "[bold reverse] cleanwire demo [/]  six invented outlets on 127.0.0.1, three services, one clean stream\n"
        )

    def take_log(self, service: str, line: bytes) -> None:
        record = self._tallies.take_line(line) or {}
        if record.get("event") == "page_rejected":
            self._line("red", "rejected", f"{record.get('reason')}", str(record.get("url", "")))
        elif record.get("event") == "service_died":
            self._line(
                "red", "died", f"{record.get('of')}", f"starting it again; it said: {record.get('said')}"
            )

    def show(self, entry: StreamEntry, scene: Scene | None) -> None:
        _event, body = parse_event(entry.fields)
        if isinstance(body, CleanArticle):
            self._show_article(body, scene)
        elif isinstance(body, StoryChange) and scene is not None:
            self._line("yellow", "copy seen", body.outlet or "", f"{scene.title} (not published again)")

    def finish(self, articles: int, elapsed_s: float, data_dir: str) -> None:
        self._console.print(
            f"\n[bold green]All {articles} have come out[/] in {elapsed_s:.1f} s. The services go on running; from another terminal:"
        )
        for command in ("tail --from 0", "status", "search embassies"):
            self._console.print(
                f"  [dim]CLEANWIRE_DATA_DIR={data_dir}[/] cleanwire {command}", soft_wrap=True
            )
        self._console.print("[dim]Ctrl-C stops everything.[/]")

    def _show_article(self, article: CleanArticle, scene: Scene | None) -> None:
        happened = "published" if article.revision == 1 else f"revision {article.revision}"
        self._line("green", happened, article.outlet, article.title or article.url, bold=True)
        opening = article.text.replace("\n\n", " ")
        self._console.print(
            Padding(Text(harmless(opening[:OPENING_CHARS]) + "…", style="dim"), (0, 0, 0, 20))
        )
        self._console.print(Padding(Text(harmless(_facts(article)), style="cyan"), (0, 0, 1, 20)))

    def _line(self, style: str, happened: str, who: str, what: str, *, bold: bool = False) -> None:
        line = Text(f"{time.monotonic() - self._started:5.1f} s ", style="dim")
        line.append(f"{happened:<12}", style=style)
        line.append(harmless(f"{who}: "), style="bold" if bold else "")
        line.append(harmless(what), style="bold" if bold else "dim")
        self._console.print(line)


def _facts(article: CleanArticle) -> str:
    by = ", ".join(author.name for author in article.authors)
    facts = [
        f"by {by}" if by else "",
        f"published {article.published.value} (to the {article.published.precision})"
        if article.published
        else "",
        f"agency {article.provenance.agency}" if article.provenance.agency else "",
        article.provenance.role if article.provenance.role != "original" else "",
        ", ".join(article.labels),
        article.language or "",
        f"{len(article.text.split())} words",
        f"story {article.story_id}" if article.story_id else "",
    ]
    return " · ".join(fact for fact in facts if fact)

"""The command `cleanwire`: which commands there are, and how each ends."""

import sys
from typing import NoReturn

import typer

from .closed_pipe import ended_quietly
from .commands import archive, dead, dedup, export, reading, replay, running, status, submit, tail
from .commands.source import backfill, politeness, source_app
from .commands.subscriber import subscriber_app
from .exits import CommandError, Exit

ABOUT = """Follow one running story across every outlet and turn the coverage into one clean stream.

Data goes to stdout, logs to stderr. Exit codes: 0 done, 1 fault, 2 usage, 3 a server does not answer, 4 rejected.
Settings come from the environment (CLEANWIRE_REDIS_URL, CLEANWIRE_DATA_DIR, ...; see docs/commands.md)."""

PLAIN = {"help_option_names": ["-h", "--help"]}
RUN, READ, STREAMS, ARCHIVE = "Run", "Try on one page or file", "Watch and steer", "Ask the archive"

app = typer.Typer(
    help=ABOUT,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    context_settings=PLAIN,
    pretty_exceptions_enable=False,
)
dead_app = typer.Typer(
    help="Messages that could not be processed.", no_args_is_help=True, rich_markup_mode="markdown"
)
topic_app = typer.Typer(
    help="The topics that decide which articles are kept.", no_args_is_help=True, rich_markup_mode="markdown"
)

app.command("demo", rich_help_panel=RUN)(running.demo)
app.command("up", rich_help_panel=RUN)(running.up)
app.command("ingest", rich_help_panel=RUN)(running.ingest)
app.command("normalize", rich_help_panel=RUN)(running.normalize)
app.command("store", rich_help_panel=RUN)(running.store)
app.command("extract", rich_help_panel=READ)(reading.extract)
app.command("explain", rich_help_panel=READ)(reading.explain)
app.command("dedup", rich_help_panel=READ)(dedup.dedup)
app.command("submit", rich_help_panel=STREAMS)(submit.submit)
app.command("tail", rich_help_panel=STREAMS)(tail.tail)
app.command("status", rich_help_panel=STREAMS)(status.status)
app.command("trace", rich_help_panel=STREAMS)(archive.trace)
app.command("search", rich_help_panel=ARCHIVE)(archive.search)
app.command("story", rich_help_panel=ARCHIVE)(archive.story)
app.command("article", rich_help_panel=ARCHIVE)(archive.article)
app.command("export", rich_help_panel=ARCHIVE)(export.export)
app.command("replay", rich_help_panel=ARCHIVE)(replay.replay)
app.command("forget", rich_help_panel=ARCHIVE)(archive.forget)
app.command("migrate", rich_help_panel=ARCHIVE)(archive.migrate)
app.command("backup", rich_help_panel=ARCHIVE)(archive.backup)
app.command("restore", rich_help_panel=ARCHIVE)(archive.restore)
app.command("rebuild-stream", rich_help_panel=ARCHIVE)(archive.rebuild_stream)
app.command("backfill", rich_help_panel=STREAMS)(backfill)
app.command("politeness", rich_help_panel=STREAMS)(politeness)
app.add_typer(source_app, name="source", rich_help_panel=STREAMS)
app.add_typer(dead_app, name="dead", rich_help_panel=STREAMS)
app.add_typer(subscriber_app, name="subscriber", rich_help_panel=STREAMS)
app.add_typer(topic_app, name="topic", rich_help_panel=READ)
dead_app.command("list")(dead.list_dead)
dead_app.command("show")(dead.show)
dead_app.command("diff")(dead.diff)
dead_app.command("retry")(dead.retry)
dead_app.command("drop")(dead.drop)
topic_app.command("test")(reading.topic_test)


def main() -> NoReturn:
    """Run the command line and end the process with one of the documented exit codes."""
    sys.exit(ended_quietly(lambda: run(sys.argv[1:])))


def run(arguments: list[str]) -> int:
    """Run one command line; its exit code. An error is told on stderr: what was wrong, then what to do."""
    try:
        app(arguments, prog_name="cleanwire")
    except CommandError as error:
        typer.secho(f"cleanwire: {error.what}", err=True, fg="red" if sys.stderr.isatty() else None)
        if error.advice:
            typer.echo(f"  {error.advice}", err=True)
        return error.code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.DONE
    return Exit.DONE

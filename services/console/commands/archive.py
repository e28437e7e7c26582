"""Commands that ask or mend the archive: no service needs to run."""

from pathlib import Path
from typing import Annotated

import typer

from ..telling import tell

Revision = Annotated[str, typer.Argument(help="head, base, or a revision id.")]
Words = Annotated[str, typer.Argument(help='Words in any of their forms; "words in quotes" stand together.')]
Limit = Annotated[
    int, typer.Option("--limit", "-n", help="Show at most this many articles.", min=1, max=1_000)
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]
StoryId = Annotated[
    str, typer.Argument(help="A story id as events give it: belarus-talks-17.", metavar="STORY_ID")
]
Article = Annotated[
    str, typer.Argument(help="An article id, or the article's URL.", metavar="ARTICLE_ID|URL")
]
Number = Annotated[
    int | None, typer.Option("--revision", help="Show the article as it was at this revision.", min=1)
]
Diff = Annotated[
    bool, typer.Option("--diff", help="What each revision changed: paragraphs, numbers, headline.")
]
Ledger = Annotated[
    bool, typer.Option("--ledger", help="Every block of the page, kept or cut, with its reason.")
]
Logs = Annotated[
    list[Path] | None,
    typer.Option("--logs", help="A JSON log file of the services, or - for stdin; may be repeated."),
]
OneArticle = Annotated[str, typer.Option("--article", help="An article id or its URL.")]
OneSource = Annotated[str, typer.Option("--source", help="Everything that came from this source.")]
Reason = Annotated[str, typer.Option(help="The reason that subscribers read in the withdrawal.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
File = Annotated[Path, typer.Argument(help="The backup file.", metavar="FILE")]


def migrate(revision: Revision = "head") -> None:
    """Bring the archive to this release's schema, or to another revision. Safe to repeat.

    Examples:

        cleanwire migrate

        CLEANWIRE_DATABASE_URL=postgresql://cleanwire@127.0.0.1/cleanwire cleanwire migrate
    """
    import asyncio

    from ..archive.steering import migrate_archive
    from ..settings import console_settings

    tell(asyncio.run(migrate_archive(console_settings(), revision)))


def search(words: Words, limit: Limit = 20, json: AsJson = False) -> None:
    """Find articles that hold all the words, in any of their forms, best first.

    Examples:

        cleanwire search "potash prisoners"

        cleanwire search '"border bridge" envoy' --json | jq -r .url
    """
    import asyncio

    from ..archive.asking import found_articles
    from ..settings import console_settings

    for line in asyncio.run(found_articles(console_settings(), words, limit, as_json=json)):
        tell(line)


def story(story_id: StoryId, json: AsJson = False) -> None:
    """Show a story: its articles in the order they were published, and how many copies there were.

    Example:

        cleanwire story belarus-talks-17
    """
    import asyncio

    from ..archive.asking import told_story
    from ..settings import console_settings

    for line in asyncio.run(told_story(console_settings(), story_id, as_json=json)):
        tell(line)


def article(
    article: Article,
    revision: Number = None,
    diff: Diff = False,
    ledger: Ledger = False,
    json: AsJson = False,
) -> None:
    """Show an article: its text, its revisions, its copies elsewhere, and who was first.

    Examples:

        cleanwire article https://example.org/news/talks

        cleanwire article 98fcf3d3651eab09d771271fce33135f --diff
    """
    import asyncio

    from ..archive.asking import Wanted, told_article
    from ..settings import console_settings

    wanted = Wanted(article, revision=revision, diff=diff, ledger=ledger, as_json=json)
    for line in asyncio.run(told_article(console_settings(), wanted)):
        tell(line)


def trace(article: Article, logs: Logs = None) -> None:
    """Trace one article through all services, from the archive and any log files you name.

    Examples:

        cleanwire trace https://example.org/news/talks

        cleanwire trace https://example.org/news/talks --logs cleanwire.log

        docker compose logs --no-log-prefix | cleanwire trace https://example.org/news/talks --logs -
    """
    import asyncio

    from ..settings import console_settings
    from ..tracing import traced

    for line in asyncio.run(traced(console_settings(), article, logs or [])):
        tell(line)


def forget(article: OneArticle = "", source: OneSource = "", reason: Reason = "", yes: Yes = False) -> None:
    """Remove an article's text, or a whole source's, everywhere, and announce the withdrawal.

    Examples:

        cleanwire forget --article https://example.org/news/talks --reason "asked by the publisher"

        cleanwire forget --source courier --yes
    """
    import asyncio

    from ..archive.steering import forget_text
    from ..exits import CommandError
    from ..settings import console_settings
    from .dead import confirm

    if bool(article) == bool(source):
        raise CommandError.usage("name what to forget", "either --article ARTICLE_ID|URL or --source NAME")
    confirm(f"Remove the text of {article or 'everything from ' + source} for good?", yes=yes)
    tell(asyncio.run(forget_text(console_settings(), article=article, source=source, reason=reason)))


def rebuild_stream() -> None:
    """Refill the public streams from the archive under their old ids, after a total loss of Redis.

    A stream that is complete gets nothing. Safe to repeat.

    Example:

        cleanwire rebuild-stream
    """
    import asyncio

    from ..archive.steering import rebuild_streams
    from ..settings import console_settings

    for line in asyncio.run(rebuild_streams(console_settings())):
        tell(line)


def backup(file: File) -> None:
    """Copy the SQLite archive into a new file, while the store is running.

    Example:

        cleanwire backup archive-2025-12-12.db
    """
    from ..archive.steering import back_up_archive
    from ..settings import console_settings

    tell(back_up_archive(console_settings(), file))


def restore(file: File) -> None:
    """Replace the SQLite archive with a backup; the old file is kept beside it. Stop the store first.

    Example:

        cleanwire restore archive-2025-12-12.db
    """
    from ..archive.steering import restore_archive
    from ..settings import console_settings

    tell(restore_archive(console_settings(), file))

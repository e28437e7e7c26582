"""`cleanwire extract`, `explain` and `topic test`: one page or text, without any server."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..exits import CommandError, Exit

if TYPE_CHECKING:
    from services.normalize.extract import Extraction

Where = Annotated[str, typer.Argument(help="A file, a URL, or - for stdin.", metavar="FILE|URL|-")]
Url = Annotated[
    str, typer.Option("--url", help="Where the page came from: dates and links are read with it.")
]
ContentType = Annotated[
    str, typer.Option("--content-type", help="The header's value, where the page's encoding hangs on it.")
]
HtmlFile = Annotated[
    Path | None, typer.Option("--html", help="Write one self-contained HTML page there instead.")
]
Title = Annotated[str, typer.Option(help="The article's headline, where the text does not hold it.")]
Scope = Annotated[str, typer.Option(help="topic or general: what the source is like.")]


def extract(where: Where, url: Url = "", content_type: ContentType = "") -> None:
    """Take the article out of a page and print it as JSON: text, title, authors, dates, provenance, every cut.

    HTML or the plain-text dump of a page. A page that is no article is told on stderr with its reason (exit code 4).

    Examples:

        cleanwire extract page.html --url https://example.org/news/talks | jq -r .text

        cleanwire extract https://example.org/news/talks

        curl -s https://example.org/news/talks | cleanwire extract -
    """
    import json

    typer.echo(json.dumps(_extracted(where, url, content_type).as_dict(), ensure_ascii=False, indent=2))


def explain(where: Where, url: Url = "", content_type: ContentType = "", html: HtmlFile = None) -> None:
    """Show a page with every kept and every cut block, and the reason of each.

    Examples:

        cleanwire explain page.html | less -R

        cleanwire explain page.html --html cuts.html
    """
    from services.normalize.explain import explain_html, explain_lines

    extraction = _extracted(where, url, content_type)
    if html is not None:
        _write(html, explain_html(extraction))
        return
    for line in explain_lines(extraction, colour=sys.stdout.isatty()):
        typer.echo(line)


def topic_test(where: Where, url: Url = "", title: Title = "", scope: Scope = "general") -> None:
    """Show what the topic profiles say of a page, and on which words they rest. Exit code 4: on no topic.

    Example:

        cleanwire topic test page.html
    """
    from services.normalize.core.topics.topic_profile import TopicProfileError
    from services.normalize.topic_check import check_topics, topic_lines
    from services.normalize.topics import read_topics

    from ..settings import console_settings

    if scope not in ("topic", "general"):
        raise CommandError.usage(f"--scope is {scope!r}", "allowed: topic, general")
    try:
        topics = read_topics(console_settings().topics_dir)
    except TopicProfileError as error:
        raise CommandError.usage(str(error)) from None
    extraction = _extracted(where, url, "")
    checks = check_topics(
        topics, title or extraction.title, extraction.text, "topic" if scope == "topic" else "general"
    )
    for line in topic_lines(checks):
        typer.echo(line)
    if not any(check.is_on_topic for check in checks):
        raise typer.Exit(Exit.REJECTED)


def _extracted(where: str, url: str, content_type: str) -> "Extraction":
    from services.normalize.core.rejections import Rejection
    from services.normalize.extract import extract

    from ..pages import read_page

    page = read_page(where)
    outcome = extract(page.body, url or page.url, content_type or page.content_type or None)
    if isinstance(outcome, Rejection):
        raise CommandError(f"no article: {outcome.reason}", outcome.detail, Exit.REJECTED)
    return outcome


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(
            f"--html is {str(path)!r}: {error.strerror}", "name a file that you may write"
        ) from None

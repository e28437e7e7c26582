"""`cleanwire dedup`: sameness and stories over a list of articles."""

from pathlib import Path
from typing import Annotated

import typer

Rows = Annotated[
    Path,
    typer.Argument(help="JSON lines, plain or .gz; - for stdin.", metavar="FILE.jsonl[.gz]", allow_dash=True),
]


def dedup(rows: Rows) -> None:
    """Run articles, in order, through a fresh store exactly as the service would; one line out per line in.

    In: `{id, title, text}` and, where known, `url`, `published`, `outlet`, `fetched_at`.
    Out, after the last: `{id, verdict, article_id, canonical_id, revision, story_id, score}`.
    Where every row says its `group`, how well canonicals and stories agree with the groups goes to stderr.

    Examples:

        cleanwire dedup articles.jsonl.gz > verdicts.jsonl

        cleanwire dedup articles.jsonl | jq -r 'select(.verdict == "copy") | .id'
    """
    import asyncio
    import json

    from services.store.dedup import dedup_rows, figures_of

    from ..exits import CommandError
    from ..json_lines import read_json_lines
    from ..settings import console_settings

    console_settings()
    try:
        given = list(read_json_lines(rows))
        results = asyncio.run(dedup_rows(given))
    except ValueError as error:
        raise CommandError.usage(
            f"{rows}: {error}", "each line is one object: {id, title, text, ...}"
        ) from None
    for result in results:
        typer.echo(json.dumps(result, ensure_ascii=False))
    groups = [row.get("group") for row in given]
    if results and None not in groups:
        typer.echo(figures_of(list(map(str, groups)), results), err=True)

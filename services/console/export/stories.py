"""Which articles a story has, followed through everything that was announced of stories."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from services.console.exits import CommandError
from services.contracts.events import STORY_JOINED, STORY_MERGED, STORY_MOVED, STORY_SPLIT
from services.contracts.streams import STORIES_UPDATED
from services.store.database import Database
from services.store.schema import outbox

PAGE = 2_000
WHOLE = (STORY_MERGED, STORY_SPLIT)


async def articles_of_story(database: Database, story_id: str) -> frozenset[str]:
    """The articles the story has now. Raises CommandError for a story that was never announced or has none any more."""
    story_of: dict[str, str] = {}
    last = 0
    while rows := await database.read(_page_after(last)):
        last = rows[-1].n
        for row in rows:
            _follow(story_of, json.loads(row.fields))
    members = frozenset(article for article, story in story_of.items() if story == story_id)
    if not members:
        raise CommandError.usage(
            f"no articles in a story {story_id!r}", "cleanwire tail --stream stories.updated --from 0"
        )
    return members


def _follow(story_of: dict[str, str], fields: Mapping[str, str]) -> None:
    change, kind = json.loads(fields["data"]), fields["type"]
    if kind == STORY_JOINED:
        story_of[change["article_id"]] = change["story_id"]
    elif kind == STORY_MOVED:
        story_of[change["article_id"]] = change.get("into_story_id") or change["story_id"]
    elif kind in WHOLE:
        members = change.get("members") or [
            a for a, story in story_of.items() if story == change["from_story_id"]
        ]
        story_of.update(dict.fromkeys(members, change["into_story_id"]))


def _page_after(last: int) -> Any:
    statement = select(outbox.c.n, outbox.c.fields).where(
        outbox.c.stream == STORIES_UPDATED, outbox.c.fields.is_not(None), outbox.c.n > last
    )
    return lambda connection: connection.execute(statement.order_by(outbox.c.n).limit(PAGE)).all()

"""The same with asyncio, typed by the wheel cleanwire-contracts; the articles go into SQLite."""

import asyncio
import os
import sqlite3

from cleanwire_contracts.events import DATA_OF_TYPE, parse_event
from cleanwire_contracts.messages import CleanArticle, WithdrawnArticle
from redis.asyncio import Redis

URL, GROUP = os.environ["CLEANWIRE_SUBSCRIBER_URL"], os.environ["CLEANWIRE_SUBSCRIBER_GROUP"]
STREAM, ME = "articles.cleaned", "desk-1"  # the same name at every start gets its own entries back
UPSERT = """INSERT INTO article VALUES (?, ?, ?, ?, ?) ON CONFLICT (subject) DO UPDATE SET
    revision = excluded.revision, withdrawn = excluded.withdrawn, title = excluded.title, text = excluded.text
    WHERE (excluded.revision, excluded.withdrawn) > (revision, withdrawn)"""  # else a repeat, or an older state


def keep(archive: sqlite3.Connection, fields: dict[bytes, bytes]) -> None:
    if fields.get(b"type", b"").decode() not in DATA_OF_TYPE:
        return  # a type of the future is skipped
    event, data = parse_event(fields)
    words = (data.title, data.text) if isinstance(data, CleanArticle) else (None, None)
    archive.execute(UPSERT, (event.subject, data.revision, isinstance(data, WithdrawnArticle), *words))
    archive.commit()  # before the acknowledgement


async def main() -> None:
    client = Redis.from_url(URL, socket_timeout=30)  # longer than `block`
    archive = sqlite3.connect("articles.db")
    archive.execute("CREATE TABLE IF NOT EXISTS article (subject UNIQUE, revision, withdrawn, title, text)")
    start = "0"  # first what an earlier run left unacknowledged, then what is new
    while True:
        reply = await client.xreadgroup(GROUP, ME, {STREAM: start}, count=100, block=5000)
        for entry_id, fields in (entries := reply[0][1] if reply else []):
            keep(archive, fields)
            await client.xack(STREAM, GROUP, entry_id)
        start = start if entries else ">"


asyncio.run(main())

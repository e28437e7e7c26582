"""How a chaos run stands: what the streams hold, and how far the clean one has come."""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.failures import Unprocessable
from services.contracts.streams import (
    ARTICLES_CLEANED,
    FETCH_REQUESTS,
    INTERNAL_STREAMS,
    STORIES_UPDATED,
    dead_letters_of,
)
from services.runtime.backlog import StreamBacklog, backlogs
from services.runtime.bodies import body_of

from .costs import Costs
from .field import Field
from .plan import Page
from .verdict import Verdict, judge, judge_letters

SAMPLE_EVERY_S = 0.5
PAGE = 1_000
FETCH_TAKES_S = 10.0


@dataclass(frozen=True)
class Standing:
    """One look: the verdicts so far, what is not finished, and the entry id of each public event."""

    verdict: Verdict
    letters: Verdict
    unfinished: dict[str, int]
    dead: int
    stands: dict[str, str]

    @classmethod
    def unseen(cls) -> "Standing":
        """Before the first look."""
        return cls(Verdict(late=["nothing looked at"]), Verdict(), {"everything": sys.maxsize}, 0, {})

    @property
    def distance(self) -> tuple[int, int]:
        """How far it is from final: what waits, then what is late; it can only be brought down so often."""
        return sum(self.unfinished.values()), len(self.verdict.late) + len(self.letters.late)

    @property
    def is_final(self) -> bool:
        """Nothing is late any more; what is doubled or wrong stays so."""
        return not (self.verdict.late or self.letters.late or self.unfinished)


async def look(url: str, pages: Sequence[Page], urls: dict[int, str], unreadable: int) -> Standing:
    """Judge what stands on the streams. While something is unfinished the entries themselves are not read."""
    async with Redis.from_url(url) as redis:
        found = await backlogs(redis)
        unfinished = _unfinished(found)
        letters = [letter async for letter in _letters(redis)]
    if unfinished:
        return Standing(Verdict(late=["not finished"]), Verdict(), unfinished, len(letters), {})
    async with Redis.from_url(url, decode_responses=True) as redis:
        cleaned = await _entries(redis, ARTICLES_CLEANED)
        changes = await _entries(redis, STORIES_UPDATED)
    bodies = [[fields for _, fields in entries] for entries in (cleaned, changes)]
    verdict = await asyncio.to_thread(judge, pages, urls, *bodies)
    stands = {fields["id"]: entry_id for entry_id, fields in (*cleaned, *changes)}
    return Standing(verdict, judge_letters(pages, urls, unreadable, letters), {}, len(letters), stands)


def _unfinished(found: dict[str, StreamBacklog]) -> dict[str, int]:
    """What waits. Polls never end, so of requests only what has waited longer than any fetch takes."""
    waiting: dict[str, int] = {}
    for stream in INTERNAL_STREAMS:
        for group in found[stream.name].groups.values():
            if stream.name == FETCH_REQUESTS and (group.oldest_pending_s or 0) < FETCH_TAKES_S:
                continue
            waiting |= {
                f"{stream.name} {what}": count
                for what, count in (("lag", group.lag), ("pending", group.pending))
                if count
            }
    return waiting


async def sample_for_ever(built: Field, samples: list[tuple[float, int]], costs: Costs) -> None:
    """Note the length of the clean stream and the processor time twice a second; no length while Redis is away."""
    while True:
        costs.look(built)
        try:
            async with Redis.from_url(built.server.url, socket_timeout=1) as redis:
                samples.append((time.monotonic() - built.began, await redis.xlen(ARTICLES_CLEANED)))
        except (RedisError, OSError):
            pass
        await asyncio.sleep(SAMPLE_EVERY_S)


async def _entries(redis: Redis, stream: str) -> list[tuple[str, dict[str, str]]]:
    entries: list[tuple[str, dict[str, str]]] = []
    page: Any = await redis.xrange(stream, count=PAGE)
    while page:
        entries += page
        page = await redis.xrange(stream, min=f"({page[-1][0]}", count=PAGE)
    return entries


async def _letters(redis: Redis) -> Any:
    """Each dead letter by the URL of its page, or `unreadable N`, and by the entry that it was."""
    for stream in INTERNAL_STREAMS:
        letters: Any = await redis.xrange(dead_letters_of(stream.name))
        for _, fields in letters:
            yield _name_of(stream.name, fields), f"{stream.name} {fields[b'dead.id'].decode()}"


def _name_of(stream: str, fields: dict[bytes, bytes]) -> str:
    if b"n" in fields:
        return f"unreadable {fields[b'n'].decode()}"
    try:
        body = body_of(fields)
    except Unprocessable as reason:
        return f"{stream}: {reason.reason}"
    return str(body.get("url", json.dumps(body)[:200]))

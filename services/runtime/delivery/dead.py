"""The dead-letter workbench: look at dead letters, group them by what went wrong, put them back, drop them."""

import hashlib
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis.asyncio import Redis

from .dead_entry import PREFIX

PAGE = 100  # letters read at once: each may carry a page of some 40 KB

VARIABLE_PARTS = (
    (re.compile(r"https?://\S+"), "<url>"),
    (re.compile(r"'[^']*'|\"[^\"]*\""), "<text>"),
    (re.compile(r"\b[0-9a-f]{8,}\b|0x[0-9a-f]+", re.IGNORECASE), "<hex>"),
    (re.compile(r"\d+"), "<n>"),
    (re.compile(r"\s+"), " "),
)
"""What differs between two letters that died of the same cause, and what stands for it in the fingerprint."""

# KEYS[1] the dead-letter stream, [2] its stream; ARGV[1] the letter, [2..] fields. XADD comes first: without memory it
# is refused before the letter is gone. -> the new entry's id, or nil where there is no such letter.
RETRY = """
if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then return false end
local id = redis.call('XADD', KEYS[2], '*', unpack(ARGV, 2))
redis.call('XDEL', KEYS[1], ARGV[1])
return id
"""


class NoSuchLetter(LookupError):
    """There is no dead letter with this id on this stream."""


@dataclass(frozen=True)
class DeadLetter:
    """One message that could not be processed: `fields` as they came, and the story of its death.

    `id` is its place on the dead-letter stream of `stream`, `entry_id` was its place on `stream` itself.
    """

    id: str
    stream: str
    fields: dict[bytes, bytes]
    reason: str
    count: int
    entry_id: str
    group: str
    consumer: str
    first: datetime
    last: datetime

    @property
    def fingerprint(self) -> str:
        """The same for letters that died of the same cause."""
        return fingerprint_of(self.reason)


@dataclass(frozen=True)
class DeadGroup:
    """Letters of one stream that died of the same cause; `reason` is the newest one's."""

    stream: str
    fingerprint: str
    reason: str
    count: int
    first: datetime
    last: datetime
    ids: tuple[str, ...]


def fingerprint_of(reason: str) -> str:
    """Eight hex digits of the reason without what varies in it: numbers, quoted text, URLs.

    >>> fingerprint_of("timeout after 3 s at https://a.example/1") == fingerprint_of("timeout after 7 s at https://b.example/2")
    True
    """
    for pattern, stand_in in VARIABLE_PARTS:
        reason = pattern.sub(stand_in, reason)
    return hashlib.sha256(reason.strip().lower().encode()).hexdigest()[:8]


async def dead_letters(redis: Redis, stream: str) -> AsyncIterator[DeadLetter]:
    """The dead letters of `stream`, oldest first, read page by page."""
    start = "-"
    while page := await _page_of(redis, stream, start):
        for letter_id, fields in page:
            yield _letter_of(stream, _text(letter_id), fields)
        start = f"({_text(page[-1][0])}"


async def dead_groups(redis: Redis, stream: str) -> list[DeadGroup]:
    """The dead letters of `stream` by cause, the most frequent first."""
    groups: dict[str, DeadGroup] = {}
    async for letter in dead_letters(redis, stream):
        groups[letter.fingerprint] = _with_letter(groups.get(letter.fingerprint), letter)
    return sorted(groups.values(), key=lambda group: (-group.count, group.fingerprint))


async def read_dead(redis: Redis, stream: str, letter_id: str) -> DeadLetter:
    """One dead letter. Raises NoSuchLetter."""
    found: Any = await redis.xrange(f"{stream}.dead", min=letter_id, max=letter_id)
    if not found:
        raise NoSuchLetter(f"no dead letter {letter_id} on {stream}.dead")
    return _letter_of(stream, letter_id, found[0][1])


async def retry_dead(
    redis: Redis, stream: str, letter_id: str, fields: dict[bytes, bytes] | None = None
) -> str:
    """Put a letter back on its stream as it came, or with other `fields`, and take it off its dead-letter stream.

    One script: never both, never neither. Returns the new entry's id. Raises NoSuchLetter.
    """
    chosen = fields or (await read_dead(redis, stream, letter_id)).fields
    flat = [part for pair in chosen.items() for part in pair]
    entry_id = await redis.eval(RETRY, 2, f"{stream}.dead", stream, letter_id, *flat)
    if entry_id is None:
        raise NoSuchLetter(f"no dead letter {letter_id} on {stream}.dead")
    return _text(entry_id)


async def drop_dead(redis: Redis, stream: str, letter_id: str) -> None:
    """Delete a dead letter for good. Raises NoSuchLetter."""
    if not await redis.xdel(f"{stream}.dead", letter_id):
        raise NoSuchLetter(f"no dead letter {letter_id} on {stream}.dead")


async def _page_of(redis: Redis, stream: str, start: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
    page: Any = await redis.xrange(f"{stream}.dead", min=start, count=PAGE)
    return list(page or ())


def _letter_of(stream: str, letter_id: str, fields: dict[bytes, bytes]) -> DeadLetter:
    facts = {
        name.decode(): _text(value) for name, value in fields.items() if name.startswith(PREFIX.encode())
    }
    return DeadLetter(
        letter_id,
        stream,
        {name: value for name, value in fields.items() if not name.startswith(PREFIX.encode())},
        reason=facts.get("dead.reason", ""),
        count=int(facts.get("dead.count", 0)),
        entry_id=facts.get("dead.id", ""),
        group=facts.get("dead.group", ""),
        consumer=facts.get("dead.consumer", ""),
        first=_moment(facts.get("dead.first")),
        last=_moment(facts.get("dead.last")),
    )


def _with_letter(group: DeadGroup | None, letter: DeadLetter) -> DeadGroup:
    ids: Iterable[str] = (*group.ids, letter.id) if group else (letter.id,)
    first = min(group.first, letter.first) if group else letter.first
    last = max(group.last, letter.last) if group else letter.last
    ids = tuple(ids)
    return DeadGroup(letter.stream, letter.fingerprint, letter.reason, len(ids), first, last, ids)


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value

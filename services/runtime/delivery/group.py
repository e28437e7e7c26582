"""One consumer of one group, as the server sees it: every method is one round trip."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, ResponseError

from .entry import Encodable, Entry, Output
from .scripts import ALONE, BURY, FINISH, GIVE_BACK, REBASE, RETRY, SWEEP, TAKE, TOUCH, TYPE_OF_COMMAND

Call = tuple[Encodable, ...]
Reply = Any


class Taken(NamedTuple):
    """What a take-over brought: entries to run, entries found trimmed, and how many suspects wait."""

    entries: list[Entry]
    trimmed: list[str]
    suspects: int


class ConsumerGroup:
    """The commands of one consumer. Raises whatever the client raises; nothing is repeated here."""

    def __init__(self, redis: Redis, stream: str, group: str, consumer: str, visibility_s: float) -> None:
        self._redis, self.stream, self.group, self.consumer = redis, stream, group, consumer
        self._visibility_ms = int(visibility_s * 1_000)
        self._finish, self._bury, self._give_back = _sha_of(FINISH), _sha_of(BURY), _sha_of(GIVE_BACK)
        self._stream, self._group, self._consumer = stream.encode(), group.encode(), consumer.encode()

    async def create(self) -> bool:
        """Make the group at 0, where nothing that stands on the stream is skipped; True if it was not there.

        A full server refuses to make a group even where it exists, and draining is what it needs: so look first.
        """
        if await self._exists():
            return False
        try:
            await self._redis.xgroup_create(self.stream, self.group, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" in str(error) or "already exists" in str(error):
                return False
            raise
        return True

    async def _exists(self) -> bool:
        try:
            await self._redis.xpending(self.stream, self.group)
        except ResponseError as error:
            if str(error).startswith("NOGROUP"):
                return False
            raise
        return True

    async def read(self, count: int, block_s: float) -> list[Entry]:
        """Up to `count` entries that nobody was given before."""
        block_ms = max(int(block_s * 1_000), 1)
        reply: Any = await self._redis.xreadgroup(
            self.group, self.consumer, {self.stream: ">"}, count=count, block=block_ms
        )
        streams = reply.items() if isinstance(reply, dict) else reply or ()
        return [
            Entry(_text(entry_id), fields, 1) for _, entries in streams for entry_id, fields in _flat(entries)
        ]

    async def take(
        self, count: int, running: Iterable[str], *, suspects: bool = False, skip: int = 0
    ) -> Taken:
        """Take over up to `count` entries whose consumer was silent for the visibility time, or that were given back."""
        found, *taken = await self._run(TAKE, self._visibility_ms, count, int(suspects), skip, *running)
        entries = [
            Entry(_text(entry_id), _pairs(flat), int(attempt)) for entry_id, attempt, flat in taken if attempt
        ]
        return Taken(entries, [_text(entry_id) for entry_id, attempt, _ in taken if not attempt], int(found))

    async def touch(self, running: Iterable[str]) -> list[str]:
        """Say that these entries are alive; returns those that are no longer ours."""
        return [_text(entry_id) for entry_id in await self._run(TOUCH, *running)]

    async def rebase(self) -> None:
        """Let entries age again that the server's clock, set back, holds as just given out; whoever has them."""
        await self._run(REBASE)

    async def sweep(self, running: Iterable[str]) -> int:
        """Give back, uncounted, what the server thinks is ours and was never seen here; returns how many."""
        return int(await self._run(SWEEP, self._visibility_ms, *running))

    def finishing(self, entry_id: str, outputs: Sequence[Output], *, last: bool = True) -> Call:
        """The fenced hand-off of an entry as one call; not `last` leaves the entry ours."""
        keys: list[Encodable] = [self._stream]
        arguments: list[Encodable] = [self._group, self._consumer, entry_id, b"1" if last else b"0"]
        for command, key, values in outputs:
            keys.append(key)
            arguments += (command, TYPE_OF_COMMAND.get(command, "any"), len(values), *values)
        return ("EVALSHA", self._finish, len(keys), *keys, *arguments)

    def burying(self, entry_id: str, letter: Output) -> Call:
        """The fenced end of an entry that becomes a dead letter, as one call; an entry buried before leaves no second one."""
        keys = (self._stream, letter.key, buried_key(self.stream, self.group))
        arguments = (self._group, self._consumer, entry_id, *letter.arguments)
        return ("EVALSHA", self._bury, len(keys), *keys, *arguments)

    def giving_back(self, entry_id: str, wait_s: float, attempts: int, *, suspect: bool = False) -> Call:
        """Give an entry back as one call: free again after `wait_s`, with `attempts` deliveries counted."""
        owner = ALONE if suspect else RETRY
        idle_ms = max(self._visibility_ms - int(wait_s * 1_000), 0)
        return (
            "EVALSHA",
            self._give_back,
            1,
            self.stream,
            self.group,
            self.consumer,
            entry_id,
            owner,
            idle_ms,
            max(attempts, 0),
        )

    async def send(self, calls: Sequence[Call]) -> list[Reply]:
        """All calls in one round trip, each by itself: its reply, or the error it got."""
        pipeline = self._redis.pipeline(transaction=False)
        for call in calls:
            pipeline.execute_command(*call)
        return await pipeline.execute(raise_on_error=False)

    async def load_scripts(self) -> None:
        """Teach the server the scripts that are only called by their hash; after a restart it has forgotten them."""
        for script in (FINISH, BURY, GIVE_BACK):
            await self._redis.script_load(script)

    async def _run(self, script: str, *arguments: Encodable) -> Any:
        rest: tuple[Any, ...] = (1, self.stream, self.group, self.consumer, *arguments)
        try:
            return await self._redis.evalsha(_sha_of(script), *rest)
        except NoScriptError:
            return await self._redis.eval(script, *rest)


_shas: dict[str, str] = {}


def _sha_of(script: str) -> str:
    """The hash the server knows a script by. SHA-1 is the protocol's choice, not a safeguard."""
    if script not in _shas:
        _shas[script] = hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
    return _shas[script]


def buried_key(stream: str, group: str) -> str:
    """Where the ids stand that a group has buried, while their entries may come back: the fields of a hash."""
    return f"cleanwire:buried:{stream}:{group}"


def _flat(entries: Any) -> Any:
    """RESP3 nests the entries of a stream one level deeper than RESP2."""
    return entries[0] if entries and entries[0] and isinstance(entries[0][0], list | tuple) else entries


def _pairs(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value

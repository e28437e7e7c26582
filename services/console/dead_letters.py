"""What `cleanwire dead` does: dead letters told, mended, put back and dropped."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from services.contracts.failures import Unprocessable
from services.contracts.streams import INTERNAL_STREAMS
from services.runtime.bodies import body_of, patched_fields
from services.runtime.delivery.dead import (
    DeadLetter,
    NoSuchLetter,
    dead_groups,
    dead_letters,
    drop_dead,
    read_dead,
    retry_dead,
)

from .connection import connected
from .dead_text import (
    changes,
    field_sizes,
    group_line,
    group_object,
    letter_object,
    objections,
    readable_body,
)
from .exits import CommandError
from .settings import ConsoleSettings

STREAM_NAMES = tuple(stream.name for stream in INTERNAL_STREAMS)
REASON_CHARS = 160


@dataclass(frozen=True)
class Place:
    """A dead letter's address: `STREAM/ID` on the command line."""

    stream: str
    letter_id: str

    def __str__(self) -> str:
        return f"{self.stream}/{self.letter_id}"


async def list_causes(settings: ConsoleSettings, stream: str, *, as_json: bool) -> list[str]:
    """One line per cause. Raises CommandError."""
    async with connected(settings) as redis:
        groups = [group for name in _streams(stream) for group in await dead_groups(redis, name)]
    if as_json:
        return [json.dumps(group_object(group), ensure_ascii=False) for group in groups]
    return [group_line(group) for group in groups] or ["no dead letters"]


async def list_letters(settings: ConsoleSettings, stream: str, *, as_json: bool) -> list[str]:
    """One line per letter. Raises CommandError."""
    async with connected(settings) as redis:
        letters = [letter for name in _streams(stream) async for letter in dead_letters(redis, name)]
    if as_json:
        return [json.dumps(letter_object(letter), ensure_ascii=False) for letter in letters]
    return [f"{letter.stream}/{letter.id}  {letter.reason[:REASON_CHARS]}" for letter in letters] or [
        "no dead letters"
    ]


async def show_letter(settings: ConsoleSettings, address: str, *, as_json: bool) -> str:
    """The whole letter. Raises CommandError."""
    letter = await _read(settings, address)
    told = {**letter_object(letter), "body": readable_body(letter), "fields": field_sizes(letter)}
    if as_json:
        return json.dumps(told, ensure_ascii=False)
    head = [f"{name:<12}{value}" for name, value in told.items() if name != "body"]
    return "\n".join([*head, "", json.dumps(told["body"], ensure_ascii=False, indent=2)])


async def diff_letter(settings: ConsoleSettings, address: str, patch: str) -> list[str]:
    """What the contract objects to, and what `patch` would change. Raises CommandError."""
    letter = await _read(settings, address)
    before = readable_body(letter)
    lines = [f"reason: {letter.reason}", *objections("as it came", letter.stream, before)]
    if patch:
        after = body_of(_patched(letter, patch))
        lines += [*objections("patched", letter.stream, after), "", *changes(before, after)]
    return lines


async def retry_letters(settings: ConsoleSettings, addresses: Sequence[str], patch: str) -> list[str]:
    """Put the letters back, patched; one line per letter. Raises CommandError; what was put back stays so."""
    async with connected(settings) as redis:
        lines = []
        for place in await _places(redis, addresses):
            letter = await _letter(redis, place)
            fields = _patched(letter, patch) if patch else None
            entry_id = await retry_dead(redis, place.stream, place.letter_id, fields)
            lines.append(f"{place} put back as {place.stream}/{entry_id}")
        return lines


async def drop_letters(settings: ConsoleSettings, addresses: Sequence[str]) -> list[str]:
    """Delete the letters; one line per letter. Raises CommandError."""
    async with connected(settings) as redis:
        places = await _places(redis, addresses)
        for place in places:
            await _letter(redis, place)
            await drop_dead(redis, place.stream, place.letter_id)
    return [f"{place} dropped" for place in places]


def _streams(stream: str) -> tuple[str, ...]:
    if stream and stream.removesuffix(".dead") not in STREAM_NAMES:
        raise CommandError.usage(f"no stream {stream!r}", f"allowed: {', '.join(STREAM_NAMES)}")
    return (stream.removesuffix(".dead"),) if stream else STREAM_NAMES


async def _read(settings: ConsoleSettings, address: str) -> DeadLetter:
    async with connected(settings) as redis:
        return await _letter(redis, _place(address))


async def _letter(redis: Redis, place: Place) -> DeadLetter:
    try:
        return await read_dead(redis, place.stream, place.letter_id)
    except NoSuchLetter as error:
        raise CommandError(str(error), "`cleanwire dead list --each` lists what there is") from None


async def _places(redis: Redis, addresses: Sequence[str]) -> list[Place]:
    """Every letter that the addresses name, a cause standing for all its letters."""
    places: list[Place] = []
    for address in addresses:
        places += [_place(address)] if "/" in address else await _of_cause(redis, address)
    return places


async def _of_cause(redis: Redis, cause: str) -> list[Place]:
    groups = [group for name in STREAM_NAMES for group in await dead_groups(redis, name)]
    found = [Place(group.stream, one) for group in groups if group.fingerprint == cause for one in group.ids]
    if not found:
        raise CommandError.usage(
            f"no dead letter and no cause {cause!r}", "`cleanwire dead list` lists what there is"
        )
    return found


def _place(address: str) -> Place:
    stream, _, letter_id = address.partition("/")
    numbers = letter_id.split("-")
    if (
        stream.removesuffix(".dead") not in STREAM_NAMES
        or len(numbers) != 2
        or not all(one.isdigit() for one in numbers)
    ):
        raise CommandError.usage(
            f"{address!r} names no dead letter", "write STREAM/ID: articles.raw/1764547200000-0"
        )
    return Place(stream.removesuffix(".dead"), letter_id)


def _patched(letter: DeadLetter, patch: str) -> dict[bytes, bytes]:
    try:
        parsed = json.loads(patch)
    except ValueError as error:
        raise CommandError.usage(
            f"--patch is not JSON: {error}", """for example --patch '{"version": 1}'"""
        ) from None
    if not isinstance(parsed, dict):
        raise CommandError.usage("--patch must be a JSON object", """for example --patch '{"version": 1}'""")
    try:
        return patched_fields(letter.fields, parsed)
    except Unprocessable as error:
        raise CommandError(
            f"{letter.stream}/{letter.id} cannot be patched: {error.reason}", "drop it, or retry it as it is"
        ) from None

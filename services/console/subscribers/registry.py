"""Adding and removing subscribers. Redis itself is the registry: a group and an ACL user of the same name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from services.console.exits import CommandError
from services.console.subscribers.access import add_user, has_user, new_password, remove_user, save_users
from services.console.subscribers.connection import ask
from services.console.subscribers.start_point import StartPoint, position_of
from services.contracts.streams import PUBLIC_STREAMS, REMOVED_SUBSCRIBERS, STREAMS, removed_field

NAME = re.compile(r"^[a-z][a-z0-9-]{1,39}$")
RESERVED = frozenset({"default", "store", "ingest", "normalize", "console", "relay"}) | {
    group for stream in STREAMS for group in stream.groups
}


@dataclass(frozen=True)
class Subscriber:
    """A subscriber just added: the password stands nowhere else."""

    name: str
    password: str
    streams: tuple[str, ...]
    kept_over_restart: bool
    notices: tuple[str, ...] = ()


def add_subscriber(
    redis: Redis, name: str, start: StartPoint, streams: Sequence[str], *, resume: bool = False
) -> Subscriber:
    """Create the group on each stream, then the user. Raises CommandError where a name is bad or taken.

    To resume is to keep the groups that are there where they stand, and to give them a new user and password.
    """
    _check_name(name)
    _check_streams(streams)
    there = _groups_of(redis, name) if resume else []
    if resume and not there:
        raise CommandError.usage(
            f"there is no group {name!r} to resume",
            "cleanwire subscriber list names them; lost groups are restored by the store within a minute",
        )
    if has_user(redis, name) and not resume:
        raise _taken(name, "an ACL user of that name exists")
    starts = {stream: _start_on(redis, stream, start) for stream in streams if stream not in there}
    streams = [*there, *starts]
    _create_groups(redis, name, {stream: after for stream, (after, _) in starts.items()})
    password = new_password()
    try:
        kept = give_user(redis, name, password, streams)
    except ResponseError:
        _destroy(redis, name, list(starts))
        raise
    notices = tuple(notice for _, notice in starts.values() if notice)
    return Subscriber(name, password, tuple(streams), kept, notices)


def give_user(redis: Redis, name: str, password: str, streams: Sequence[str]) -> bool:
    """Create the user on one server; False where that server forgets it at its restart."""
    add_user(redis, name, password, streams)
    return save_users(redis)


def take_user(redis: Redis, name: str) -> bool:
    """Delete the user from one server, for good; False where there was none."""
    was_there = remove_user(redis, name)
    save_users(redis)
    return was_there


def remove_subscriber(redis: Redis, name: str) -> list[str]:
    """Delete the groups and the user; returns the streams it had a group on. Raises CommandError if unknown."""
    _check_name(name)
    public = [stream.name for stream in PUBLIC_STREAMS]
    fields = [removed_field(stream, name) for stream in public]
    for field in fields:  # said first: a store that finds no group takes it for lost and restores it
        ask(redis, "HSET", REMOVED_SUBSCRIBERS, field, "1")
    streams = _destroy(redis, name, public)
    if not take_user(redis, name) and not streams:
        ask(redis, "HDEL", REMOVED_SUBSCRIBERS, *fields)
        raise CommandError.usage(f"there is no subscriber {name!r}", "cleanwire subscriber list names them")
    return streams


def _check_name(name: str) -> None:
    if not NAME.match(name):
        raise CommandError.usage(
            f"{name[:60]!r} is no name for a subscriber", "2 to 40 of a-z, 0-9 and -, a letter first"
        )
    if name in RESERVED:
        raise CommandError.usage(f"the name {name!r} is Cleanwire's own", "choose another")


def _check_streams(streams: Sequence[str]) -> None:
    public = [stream.name for stream in PUBLIC_STREAMS]
    for stream in streams:
        if stream not in public:
            raise CommandError.usage(f"{stream!r} is no public stream", f"public: {', '.join(public)}")


def _start_on(redis: Redis, stream: str, start: StartPoint) -> tuple[str, str]:
    """The id to create the group at, and a notice for the operator ("" where there is nothing to tell).

    Raises CommandError for an entry id that the stream has not reached.
    """
    if not redis.exists(stream):
        return "0", f"{stream} is still empty: its first entry will be the first delivered"
    facts: dict[str, Any] = ask(redis, "XINFO STREAM", stream)
    last = facts["last-generated-id"].decode()
    if start.position is None or (start.is_moment and start.position > position_of(last)):
        return "$", ""
    if start.position > position_of(last):
        raise CommandError.usage(
            f"unknown start point: {start.after} lies after the last entry of {stream}, {last}",
            "for what comes from now on say $",
        )
    return start.after, _gone(stream, start, facts)


def _gone(stream: str, start: StartPoint, facts: dict[str, Any]) -> str:
    first = facts["first-entry"][0].decode() if facts["first-entry"] else facts["last-generated-id"].decode()
    trimmed = facts["entries-added"] > facts["length"]
    if not trimmed or start.position is None or start.position >= position_of(first):
        return ""
    return f"{stream} keeps nothing before {first} any more: cleanwire export has what came earlier"


def _create_groups(redis: Redis, name: str, starts: dict[str, str]) -> None:
    created: list[str] = []
    for stream, after in starts.items():
        try:
            redis.xgroup_create(stream, name, after, mkstream=True)
            created.append(stream)
            ask(redis, "HDEL", REMOVED_SUBSCRIBERS, removed_field(stream, name))
        except ResponseError as refused:
            _destroy(redis, name, created)
            if "already exists" in str(refused):
                raise _taken(name, f"{stream} has a group of that name") from None
            raise


def _groups_of(redis: Redis, name: str) -> list[str]:
    """The public streams on which there is a group of that name."""
    public = [stream.name for stream in PUBLIC_STREAMS if redis.exists(stream.name)]
    return [
        stream
        for stream in public
        if any(group["name"] == name.encode() for group in ask(redis, "XINFO GROUPS", stream))
    ]


def _destroy(redis: Redis, name: str, streams: Sequence[str]) -> list[str]:
    return [stream for stream in streams if redis.exists(stream) and redis.xgroup_destroy(stream, name)]


def _taken(name: str, why: str) -> CommandError:
    return CommandError.usage(
        f"the name {name!r} is taken: {why}",
        f"choose another; or: cleanwire subscriber add {name} --resume (keeps its position), or remove {name}",
    )

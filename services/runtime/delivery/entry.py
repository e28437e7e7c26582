"""What comes in and what goes out: the entry a handler runs on, and the outputs of its hand-off."""

from typing import NamedTuple

Encodable = str | bytes | int | float

MAX_ARGUMENTS = (
    5_000  # Lua unpacks at most about 8,000 values onto its stack; a script must not fail half way
)
PAIRED = frozenset({"ZADD", "HSET"})
TIMED = frozenset({"EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"})
BARE = frozenset({"DEL"})
COMMANDS = frozenset({"XADD", "SADD", "SREM", "ZADD", "ZREM", "HSET", "HDEL", "SET"}) | TIMED | BARE


class Entry(NamedTuple):
    """One entry of a stream as its handler sees it; `attempt` counts the deliveries that began, this one included."""

    id: str
    fields: dict[bytes, bytes]
    attempt: int


class Output(NamedTuple):
    """One write of the hand-off: a Redis command, its key, its arguments."""

    command: str
    key: str
    arguments: tuple[Encodable, ...]


def output_of(command: str, key: str, *arguments: Encodable) -> Output:
    """An output that Redis will not refuse for its form: the hand-off must not fail after its first write.

    Raises ValueError naming what is wrong.
    """
    name = command.upper()
    if name not in COMMANDS:
        raise ValueError(f"command {command!r} cannot be an output; allowed: {', '.join(sorted(COMMANDS))}")
    fault = _fault_of(name, arguments)
    if fault:
        raise ValueError(f"output {name} {key}: {fault}")
    return Output(name, key, arguments)


def _fault_of(name: str, arguments: tuple[Encodable, ...]) -> str | None:
    if len(arguments) > MAX_ARGUMENTS:
        return f"{len(arguments)} arguments; at most {MAX_ARGUMENTS}, split it into slices"
    if name in BARE:
        return "takes no arguments" if arguments else None
    if not arguments:
        return "needs arguments"
    if name in PAIRED and len(arguments) % 2:
        return "needs pairs of arguments"
    if name == "ZADD" and not all(
        isinstance(score, int | float) and score == score for score in arguments[::2]
    ):
        return "needs numbers as scores"
    if name in TIMED and not (len(arguments) == 1 and isinstance(arguments[0], int)):
        return "needs one whole number"
    if name == "XADD" and (arguments[0] != "*" or len(arguments) < 3 or len(arguments) % 2 == 0):
        return "needs the id * and pairs of field and value"
    if name == "SET" and not _may_set(arguments):
        return "needs a value, or a value and EX or PX with a whole number"
    return None


def _may_set(arguments: tuple[Encodable, ...]) -> bool:
    if len(arguments) == 1:
        return True
    return len(arguments) == 3 and arguments[1] in ("EX", "PX") and isinstance(arguments[2], int)

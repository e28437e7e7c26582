"""The ACL user of a subscriber: which commands it may give, on which streams, and how it is kept over a restart."""

import hashlib
import secrets
from collections.abc import Sequence

from redis import Redis
from redis.exceptions import ResponseError

from services.console.subscribers.connection import ask

READS = ("xread", "xreadgroup", "xrange", "xrevrange", "xlen", "xinfo", "xpending", "exists", "type")
OWN_BOOKKEEPING = ("xack", "xclaim", "xautoclaim", "xgroup|create", "xgroup|createconsumer")
"""What moves a group's own position. FastStream gives XGROUP CREATE at every start and ignores that it is there."""
CONNECTION = (
    "ping",
    "hello",
    "auth",
    "select",
    "client|setname",
    "client|setinfo",
    "client|getname",
    "client|id",
)


def new_password() -> str:
    """192 random bits, fit for a URL."""
    return secrets.token_urlsafe(24)


def has_user(redis: Redis, name: str) -> bool:
    """Whether an ACL user of that name exists."""
    return ask(redis, "ACL", "GETUSER", name) is not None


def add_user(redis: Redis, name: str, password: str, streams: Sequence[str]) -> None:
    """Create the user; the server is given the password's hash only, so that no log of commands shows it."""
    commands = _known(redis, (*READS, *OWN_BOOKKEEPING, *CONNECTION))
    ask(
        redis,
        *("ACL", "SETUSER", name, "reset", "on", "#" + hashlib.sha256(password.encode()).hexdigest()),
        *(
            "resetchannels",
            "-@all",
            *(f"~{stream}" for stream in streams),
            *(f"+{word}" for word in commands),
        ),
    )


def _known(redis: Redis, commands: Sequence[str]) -> list[str]:
    """Those the server has: Redis 7.0 knows no CLIENT SETINFO, and refuses a rule that names it."""
    replies = ask(redis, "COMMAND INFO", *commands)
    return [command for command, known in zip(commands, replies, strict=True) if known]


def remove_user(redis: Redis, name: str) -> bool:
    """Delete the user and cut its connections; False where there was none."""
    return bool(ask(redis, "ACL", "DELUSER", name))


def save_users(redis: Redis) -> bool:
    """Have the server keep its users over a restart; False where it has neither an ACL file nor a config file."""
    for command in (("ACL", "SAVE"), ("CONFIG", "REWRITE")):
        try:
            ask(redis, *command)
        except ResponseError:
            continue
        return True
    return False

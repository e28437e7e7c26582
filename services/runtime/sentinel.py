"""The place of a Redis behind sentinels, as its URL spells it: sentinel://[user:password@]host:port,host:port/master/0."""

from dataclasses import dataclass
from urllib.parse import quote, unquote

SCHEME = "sentinel://"
FORM = "sentinel://[user:password@]host:port,host:port/master[/database]"


@dataclass(frozen=True)
class SentinelPlace:
    """The sentinels, the name they know the master by, and how to sign in there."""

    sentinels: tuple[tuple[str, int], ...]
    master: str
    database: int
    username: str | None
    password: str | None

    @property
    def sign_in_url(self) -> str:
        """Database and sign-in as a plain URL; its host says nothing, for the sentinels know the master's."""
        sign_in = (
            f"{quote(self.username or '', safe='')}:{quote(self.password, safe='')}@" if self.password else ""
        )
        return f"redis://{sign_in}127.0.0.1/{self.database}"


def parse_sentinel_url(url: str) -> SentinelPlace:
    """Read such a URL. Raises ValueError naming the form it must have."""
    # Not by urlsplit: newer patch releases of Python refuse a bracket in a list of hosts.
    places, _, path = url.removeprefix(SCHEME).partition("/")
    sign_in, _, nodes = places.rpartition("@")
    master, _, database = path.strip("/").partition("/")
    try:
        sentinels = tuple(_node(node) for node in nodes.split(","))
        number = int(database or 0)
    except ValueError:
        raise ValueError(f"must have the form {FORM}") from None
    if not url.startswith(SCHEME) or not master:
        raise ValueError(f"must have the form {FORM}")
    username, _, password = sign_in.partition(":")
    return SentinelPlace(sentinels, master, number, unquote(username) or None, unquote(password) or None)


def _node(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host:
        raise ValueError(text)
    return host.strip("[]"), int(port)

"""The ready snippets that `cleanwire subscriber add` prints: a program's first lines, with this subscriber's values in."""

from importlib.resources import files
from urllib.parse import urlsplit, urlunsplit

from services.contracts.streams import ARTICLES_CLEANED

LANGUAGES = {"redis-cli": "redis_cli.txt", "python": "python.txt", "node": "node.txt"}
SNIPPETS = files("services.console.subscribers") / "snippets"
EVERY_TOPIC = ""


def snippet_of(language: str, *, url: str, group: str, stream: str, topic: str = EVERY_TOPIC) -> str:
    """The snippet for one language and stream; `topic` empty lets every article pass (stories are never filtered)."""
    folder = "articles" if stream == ARTICLES_CLEANED else "stories"
    text = (SNIPPETS / folder / LANGUAGES[language]).read_text()
    for mark, value in {"@URL@": url, "@GROUP@": group, "@STREAM@": stream, "@TOPIC@": topic}.items():
        text = text.replace(mark, value)
    return text


def subscriber_url(operators_url: str, name: str, password: str, host: str = "") -> str:
    """The operator's URL with the subscriber's own credentials; `host` (`HOST[:PORT]`) as subscribers reach it."""
    parts = urlsplit(operators_url)
    place = host or parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, f"{name}:{password}@{place}", parts.path, "", ""))

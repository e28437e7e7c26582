"""What the operator is shown of a subscriber: the credentials of one just added, and how far each one is."""

import json

from services.console.subscribers.readings import Reading
from services.console.subscribers.registry import Subscriber
from services.console.subscribers.snippets import LANGUAGES, snippet_of


def added_text(added: Subscriber, url: str, topic: str) -> str:
    """The credentials with ready snippets, for people."""
    lines = [
        f"Subscriber {added.name}: group and user of that name on {', '.join(added.streams)}.",
        "The password is shown now and never again.",
        "",
        f"  url       {url}",
        f"  user      {added.name}",
        f"  password  {added.password}",
        "",
    ]
    for stream in added.streams:
        for language in LANGUAGES:
            lines.append(f"--- {language}, {stream} ---")
            lines.append(snippet_of(language, url=url, group=added.name, stream=stream, topic=topic))
    lines.append("What is promised, and whole programs: docs/subscribers.md")
    return "\n".join(lines)


def added_shell(added: Subscriber, url: str, topic: str) -> str:
    """The credentials as `export` lines, for a file to source."""
    values = {"URL": url, "GROUP": added.name} | ({"TOPIC": topic} if topic else {})
    return "\n".join(f"export CLEANWIRE_SUBSCRIBER_{name}='{value}'" for name, value in values.items())


def added_json(added: Subscriber, url: str) -> str:
    """The credentials for programs."""
    facts = {"name": added.name, "url": url, "user": added.name, "password": added.password}
    return json.dumps(facts | {"streams": added.streams, "kept_over_restart": added.kept_over_restart})


def reading_json(reading: Reading) -> str:
    """How far it is, for programs."""
    facts = {
        "name": reading.name,
        "stream": reading.stream,
        "has_user": reading.has_user,
        "lag": reading.lag,
        "pending": reading.pending,
        "behind_s": round(reading.behind.total_seconds(), 3),
        "last_seen": reading.last_seen.isoformat(timespec="seconds") if reading.last_seen else None,
    }
    return json.dumps(facts)


def reading_line(reading: Reading) -> str:
    """How far it is, for people."""
    lag = f"lag {'?' if reading.lag is None else reading.lag}"
    behind = f"{reading.behind.total_seconds():.0f} s behind"
    seen = f"last seen {reading.last_seen:%Y-%m-%d %H:%M:%S}Z" if reading.last_seen else "never seen"
    user = "" if reading.has_user else "  (no ACL user)"
    return (
        f"{reading.name:<20} {reading.stream:<18} {lag:<10} {reading.pending} pending  {behind}  {seen}{user}"
    )

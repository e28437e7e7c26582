"""`cleanwire subscriber add|list|remove`: other teams' way to the public streams."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.runtime.sentinel import SCHEME

from ..exits import CommandError

if TYPE_CHECKING:
    from ..subscribers.registry import Subscriber
    from ..subscribers.start_point import StartPoint

subscriber_app = typer.Typer(
    help="Services that read the public streams.", no_args_is_help=True, rich_markup_mode="markdown"
)

FROM = "0 (all that is kept), $ (from now on), a day or a time (UTC), or an entry id (the entries after it)."
TOPIC = "Put a filter on this topic into the snippets; the group itself always gets every entry."
HOST = "HOST[:PORT] as the subscriber reaches the server, where it differs from CLEANWIRE_REDIS_URL."
RESUME = "Its group is there already and stays where it is: give it a new user and password."
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
TOPIC_NAME = re.compile(r"[\w-]{1,64}")
NOT_KEPT = (
    "this server keeps no ACL file: the user is gone after its restart (the group stays). "
    "Set `aclfile` in its configuration, or give it a new user then: `cleanwire subscriber add NAME --resume`"
)
OF_ONE_SERVER = (
    "the URL is of the server that is the master now. Its replicas have the user too, so that after a fail-over the group goes on "
    "where it was; `--host` puts a name that follows the master into the URL"
)


@subscriber_app.command("add")
def add(
    name: Annotated[
        str, typer.Argument(help="2 to 40 of a-z, 0-9 and -; also the group's and the user's name.")
    ],
    start: Annotated[str, typer.Option("--from", help=FROM)] = "0",
    topic: Annotated[str, typer.Option(help=TOPIC)] = "",
    stream: Annotated[list[str] | None, typer.Option(help="A public stream; may be repeated.")] = None,
    host: Annotated[str, typer.Option(help=HOST)] = "",
    resume: Annotated[bool, typer.Option("--resume", help=RESUME)] = False,
    shell: Annotated[
        bool, typer.Option("--shell", help="Print only `export` lines, for a file to source.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create a consumer group and a read-only user; print the credentials, **once**, and ready-made snippets.

    Examples:

        cleanwire subscriber add reading-room --shell > reading-room.env

        cleanwire subscriber add night-desk --from 2025-12-01 --stream articles.cleaned --stream stories.updated

        cleanwire subscriber add reading-room --resume
    """
    from ..settings import console_settings
    from ..subscribers.connection import masters_url, operators_redis
    from ..subscribers.registry import add_subscriber
    from ..subscribers.shown import added_json, added_shell, added_text
    from ..subscribers.snippets import subscriber_url

    settings = console_settings()
    start_point = _start_point(start)
    _check_topic(topic, settings.topics_dir)
    with operators_redis(settings.redis_url) as redis:
        # Before it is added: after that nothing may keep the password from being told.
        masters = masters_url(settings.redis_url)
        streams = stream or ([] if resume else ["articles.cleaned"])
        added = add_subscriber(redis, name, start_point, streams, resume=resume)
    url = subscriber_url(masters, added.name, added.password, host)
    for notice in _made_known(added, settings.redis_url):
        typer.echo(f"note: {notice}", err=True)
    if as_json:
        typer.echo(added_json(added, url))
    else:
        typer.echo((added_shell if shell else added_text)(added, url, topic))


@subscriber_app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show how far each subscriber has got, and when it was last seen.

    Example:

        cleanwire subscriber list --json | jq -c '[.name, .behind_s]'
    """
    from ..settings import console_settings
    from ..subscribers.connection import operators_redis
    from ..subscribers.readings import list_readings
    from ..subscribers.shown import reading_json, reading_line

    with operators_redis(console_settings().redis_url) as redis:
        readings = list_readings(redis, datetime.now(UTC))
    for reading in readings:
        typer.echo(reading_json(reading) if as_json else reading_line(reading))
    if not readings:
        typer.echo("no subscribers; add one: cleanwire subscriber add NAME", err=True)


@subscriber_app.command("remove")
def remove(name: str) -> None:
    """Delete a subscriber's groups and its user; its connections are cut at once.

    Example:

        cleanwire subscriber remove night-desk
    """
    from ..settings import console_settings
    from ..subscribers.connection import operators_redis
    from ..subscribers.registry import remove_subscriber, take_user
    from ..subscribers.replicas import on_replicas

    settings = console_settings()
    with operators_redis(settings.redis_url) as redis:
        streams = remove_subscriber(redis, name)
    for notice in on_replicas(settings.redis_url, lambda replica: take_user(replica, name)):
        typer.echo(f"note: {notice}", err=True)
    typer.echo(f"removed {name}: its user and its group on {', '.join(streams) or 'no stream'}", err=True)


def _start_point(start: str) -> "StartPoint":
    from ..subscribers.start_point import read_start_point

    try:
        return read_start_point(start, datetime.now(UTC))
    except ValueError as error:
        raise CommandError.usage(str(error)) from None


def _made_known(added: "Subscriber", redis_url: str) -> list[str]:
    """Give the replicas the user too; returns what the operator should know."""
    from ..subscribers.registry import give_user
    from ..subscribers.replicas import on_replicas

    lacking = on_replicas(
        redis_url, lambda replica: give_user(replica, added.name, added.password, added.streams)
    )
    kept = () if added.kept_over_restart else (NOT_KEPT,)
    follows = (OF_ONE_SERVER,) if redis_url.startswith(SCHEME) else ()
    return [*added.notices, *kept, *follows, *lacking]


def _check_topic(topic: str, folder: Path) -> None:
    """An unknown topic would filter everything away; without profiles here only its form can be told."""
    if topic and not TOPIC_NAME.fullmatch(topic):
        raise CommandError.usage(
            f"{topic[:60]!r} is no topic", "letters, digits, - and _, as in belarus-talks"
        )
    known = sorted(_topic_name(path) for path in folder.glob("*.toml")) if topic else []
    if known and topic not in known:
        raise CommandError.usage(f"unknown topic {topic!r}", f"topics: {', '.join(known)}")


def _topic_name(profile: Path) -> str:
    import tomllib

    try:
        return str(tomllib.loads(profile.read_text(encoding="utf-8")).get("name", profile.stem))
    except (OSError, ValueError):
        return profile.stem

"""What `cleanwire status` tells: the roster of processes, the streams' backlog, and where the data lies."""

import json
from typing import Any

from services.ingest.sources.coverage import sides_dark
from services.runtime.backlog import StreamBacklog, backlogs
from services.runtime.roster import ProcessStatus, read_roster
from services.runtime.settings import mask_passwords

from .connection import connected
from .settings import ConsoleSettings

WORST_FIRST = ("stalled", "silent", "degraded", "running")
SERVICES = ("ingest", "normalize", "store")


async def status_json(settings: ConsoleSettings, *, show_secrets: bool) -> str:
    """`{redis_url, database_url, services, streams}`; ages in seconds. Raises CommandError."""
    return json.dumps(await _status(settings, show_secrets=show_secrets), indent=2)


async def status_lines(settings: ConsoleSettings, *, show_secrets: bool) -> list[str]:
    """The same for people. Raises CommandError."""
    told = await _status(settings, show_secrets=show_secrets)
    lines = [f"redis     {told['redis_url']}", f"database  {told['database_url']}", ""]
    lines += [_service_line(name, one) for name, one in told["services"].items()]
    lines += ["", f"{'stream':<22}{'entries':>9}{'unread':>9}{'under way':>11}{'oldest':>9}{'dead':>7}"]
    lines += [_stream_line(name, one) for name, one in told["streams"].items()]
    return lines + await _dark_lines(settings)


async def _dark_lines(settings: ConsoleSettings) -> list[str]:
    async with connected(settings) as redis:
        dark = await sides_dark(redis)
    return [
        f"side {side} is dark: nothing new since {since:%Y-%m-%d %H:%M} UTC" for side, since in dark.items()
    ]


async def _status(settings: ConsoleSettings, *, show_secrets: bool) -> dict[str, Any]:
    async with connected(settings) as redis:
        roster = list((await read_roster(redis)).values())
        streams = await backlogs(redis)
    shown = (lambda url: url) if show_secrets else mask_passwords
    return {
        "redis_url": shown(settings.redis_url),
        "database_url": shown(settings.archive_url),
        "services": {name: _service([one for one in roster if one.service == name]) for name in SERVICES},
        "streams": {name: _stream(one) for name, one in streams.items()},
    }


def _service(processes: list[ProcessStatus]) -> dict[str, Any]:
    """A service is as well as its worst process; its ages are those of its liveliest."""
    if not processes:
        return {"state": "absent", "last_read": None, "last_commit": None, "processes": 0, "waits_for": None}
    worst = min(processes, key=lambda one: WORST_FIRST.index(one.state))
    return {
        "state": worst.state,
        "last_read": min((one.last_read for one in processes if one.last_read is not None), default=None),
        "last_commit": min(
            (one.last_commit for one in processes if one.last_commit is not None), default=None
        ),
        "processes": len(processes),
        "waits_for": worst.waits_for,
    }


def _stream(backlog: StreamBacklog) -> dict[str, Any]:
    groups = {
        name: {"lag": group.lag, "pending": group.pending, "oldest_pending_s": group.oldest_pending_s}
        for name, group in backlog.groups.items()
    }
    return {"length": backlog.length, "groups": groups, "dead": backlog.dead}


def _service_line(name: str, service: dict[str, Any]) -> str:
    if service["state"] == "absent":
        return f"{name:<10}absent"
    waits = f", waits for {service['waits_for']}" if service["waits_for"] else ""
    several = f"{service['processes']} processes, " if service["processes"] > 1 else ""
    return f"{name:<10}{service['state']:<10}{several}read {_age(service['last_read'])}, committed {_age(service['last_commit'])}{waits}"


def _stream_line(name: str, stream: dict[str, Any]) -> str:
    groups = stream["groups"].values()
    lag, pending = sum(group["lag"] for group in groups), sum(group["pending"] for group in groups)
    oldest = max((group["oldest_pending_s"] or 0.0 for group in groups), default=0.0)
    cells = (
        f"{stream['length']:>9}",
        f"{lag:>9}" if groups else f"{'':>9}",
        f"{pending:>11}" if groups else f"{'':>11}",
    )
    return f"{name:<22}{''.join(cells)}{f'{oldest:.0f} s' if oldest else '':>9}{stream['dead'] or '':>7}".rstrip()


def _age(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.1f} s ago"

"""Requests that go on later or elsewhere: outputs of the running handler, written with its acknowledgement."""

import hashlib
import json
from datetime import datetime
from urllib.parse import urlsplit

from services.contracts.messages import FetchRequest
from services.contracts.streams import FETCH_BACKFILL, FETCH_REQUESTS
from services.ingest import keys
from services.ingest.core.outcomes import Redirected
from services.runtime.wire import emit, emit_command, walk_headers

MAX_HOPS = 5


def put_back(request: FetchRequest, at: datetime) -> None:
    """Let the request come again at `at`, by way of the delayed set."""
    later = request.model_copy(update={"not_before": None})
    member = delayed_member(later, lane_of(request))
    emit_command("HSET", keys.DELAYED_HEADERS, member_digest(member), json.dumps(walk_headers()))
    emit_command("ZADD", keys.DELAYED, at.timestamp(), member)


def delayed_member(request: FetchRequest, lane: str = FETCH_REQUESTS) -> str:
    """A waiting request as a member of the delayed set; equal requests are one member."""
    return json.dumps({"lane": lane, "request": request.model_dump_json(exclude_defaults=True)})


def member_digest(member: str) -> str:
    """What the headers of a waiting request are kept under."""
    return hashlib.blake2s(member.encode(), digest_size=16).hexdigest()


def follow(request: FetchRequest, redirect: Redirected) -> bool:
    """Send the request on to where the server points: a new request, so the new host's guard, turn and robots.txt count.

    False where it has been led on too often already.
    """
    if request.hops >= MAX_HOPS:
        return False
    changes = {"url": redirect.location, "hops": request.hops + 1, "not_before": None}
    if request.why == "search hint":
        # Out of the search's own hosts it is an article like any other, and the search's URL none of its names.
        changes["why"] = request.why if _same_host(request.url, redirect.location) else "search result"
    else:
        changes["first_url"] = request.first_url or request.url
    onward = request.model_copy(update=changes)
    emit(lane_of(request), onward)
    return True


def _same_host(one: str, other: str) -> bool:
    """Compared without default ports: the step from http to https stays on the host."""
    first, second = urlsplit(one), urlsplit(other)
    return (first.hostname, first.port) == (second.hostname, second.port)


def lane_of(request: FetchRequest) -> str:
    """The stream a request belongs to: history never delays news."""
    return FETCH_BACKFILL if request.lane == "backfill" else FETCH_REQUESTS

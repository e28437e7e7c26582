"""A walk that had to wait goes on under its own trace and correlation id."""

import json
from datetime import UTC, datetime

from services.contracts.messages import FetchRequest
from services.ingest import keys
from services.ingest.scheduling.putting_back import delayed_member, member_digest, put_back
from services.runtime.delivery.entry import Entry
from services.runtime.handling import handling


def test_request_put_back_keeps_its_headers() -> None:
    request = FetchRequest(url="https://a.example/talks")
    carried = {"correlation_id": "c", "trace_id": "1" * 32}
    with handling(Entry("5-0", {}, 1)) as running:
        running.headers = {**carried, "other": "x"}
        put_back(request, datetime(2026, 11, 22, tzinfo=UTC))
    kept, waiting = running.outputs
    digest = member_digest(delayed_member(request))
    assert (kept.command, kept.key, kept.arguments[0]) == ("HSET", keys.DELAYED_HEADERS, digest)
    assert json.loads(str(kept.arguments[1])) == carried
    assert waiting.command == "ZADD"

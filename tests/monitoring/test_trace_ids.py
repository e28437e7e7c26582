"""One trace id joins an article's walk, whatever headers a message came with."""

import json
import re

import pytest
from pydantic import BaseModel

from services.runtime.delivery.entry import Entry
from services.runtime.envelope import unseal
from services.runtime.handling import handling
from services.runtime.trace_ids import new_trace_id, of_new_trace, trace_id_of
from services.runtime.wire import emit_walk, envelope_of

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
FORM = re.compile(r"[0-9a-f]{32}")


class Note(BaseModel):
    text: str = ""


def test_traceparent_of_a_sender_counts_first() -> None:
    headers = {"traceparent": f"00-{TRACE}-{SPAN}-01", "trace_id": "1" * 32}
    assert trace_id_of(headers, "2" * 32) == TRACE


def test_trace_of_its_own_counts_before_the_correlation_id() -> None:
    assert trace_id_of({"trace_id": "1" * 32}, "2" * 32) == "1" * 32
    assert trace_id_of({}, "2" * 32) == "2" * 32


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "nonsense",
        f"00-{TRACE}-{SPAN}",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
    ],
)
def test_traceparent_without_the_form_does_not_count(broken: str) -> None:
    assert trace_id_of({"traceparent": broken}, "2" * 32) == "2" * 32


def test_any_correlation_id_gives_one_trace_id() -> None:
    assert FORM.fullmatch(trace_id_of({}, "5-0"))
    assert trace_id_of({}, "5-0") == trace_id_of({"trace_id": "0" * 32}, "5-0")
    assert trace_id_of({}, "5-0") != trace_id_of({}, "5-1")


def test_article_of_a_listing_begins_a_trace_and_keeps_the_polls_correlation_id() -> None:
    with handling(Entry("5-0", {}, 1)) as running:
        running.headers = {
            "correlation_id": "c",
            "trace_id": "1" * 32,
            "traceparent": f"00-{TRACE}-{SPAN}-01",
        }
        emit_walk("fetch.requests", Note())
        emit_walk("fetch.requests", Note())
    first, second = (json.loads(output.arguments[2])["headers"] for output in running.outputs)
    assert first["correlation_id"] == second["correlation_id"] == "c"
    assert FORM.fullmatch(first["trace_id"])
    assert len({first["trace_id"], second["trace_id"], "1" * 32}) == 3
    assert "traceparent" not in first


def test_message_from_outside_has_one_id_for_both() -> None:
    _, headers = unseal(envelope_of(Note()))
    assert trace_id_of(headers, headers["correlation_id"]) == headers["correlation_id"]


def test_new_trace_keeps_the_other_headers() -> None:
    assert of_new_trace({"correlation_id": "c", "tracestate": "x=1"}).keys() == {"correlation_id", "trace_id"}
    assert new_trace_id() != new_trace_id()

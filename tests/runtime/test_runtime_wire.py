"""What a handler says to the wire, without a server: outputs in order, envelopes any language reads."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from services.contracts.failures import Unprocessable
from services.runtime.delivery.entry import Entry
from services.runtime.envelope import body_of_plain, json_of, seal, seal_json, unseal
from services.runtime.handling import handling
from services.runtime.wire import correlation_id, emit, emit_command, entry, envelope_of, hand_over_slice


class Note(BaseModel):
    text: str


ENTRY = Entry("5-0", {b"page": b"\xff"}, 2)


def test_outputs_stand_in_the_order_of_the_calls() -> None:
    with handling(ENTRY) as running:
        emit("articles.raw", Note(text="ä"), page=b"\xff\x00")
        emit_command("SADD", "seen", "a")
    (message, mark) = running.outputs
    assert (message.command, message.key, message.arguments[0]) == ("XADD", "articles.raw", "*")
    assert message.arguments[-2:] == ("page", b"\xff\x00")
    assert (mark.command, mark.key, mark.arguments) == ("SADD", "seen", ("a",))


def test_envelope_is_plain_json_with_the_body_as_json_text() -> None:
    with handling(ENTRY) as running:
        emit("s", Note(text="Мінск"))
    envelope = json.loads(running.outputs[0].arguments[2])
    assert json.loads(envelope["data"]) == {"text": "Мінск"}
    assert envelope["headers"] == {"content-type": "application/json", "correlation_id": "5-0"}


def test_output_carries_on_the_correlation_id_and_the_trace() -> None:
    with handling(ENTRY) as running:
        running.headers = {"correlation_id": "c", "traceparent": "t", "other": "x"}
        emit("s", Note(text=""))
        assert correlation_id() == "c"
    headers = json.loads(running.outputs[0].arguments[2])["headers"]
    assert headers == {"content-type": "application/json", "correlation_id": "c", "traceparent": "t"}


def test_handler_sees_its_entry() -> None:
    with handling(ENTRY):
        assert entry() == ENTRY


def test_output_outside_of_a_handler_is_refused_with_the_way_out() -> None:
    with pytest.raises(RuntimeError, match="publish"):
        emit("s", Note(text=""))


async def test_slice_hands_over_the_outputs_so_far_once() -> None:
    sent: list[str] = []

    async def send(outputs: object) -> None:
        sent.append(repr(outputs))

    with handling(ENTRY, send) as running:
        emit_command("SADD", "seen", "a")
        await hand_over_slice()
        await hand_over_slice()
        assert (len(sent), running.outputs) == (1, [])


def test_published_message_has_a_correlation_id_of_its_own() -> None:
    first, second = (json.loads(envelope_of(Note(text="")))["headers"]["correlation_id"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("value", [b"\xff", b"{", b"", b"[" * 100_000])
def test_value_that_is_no_json_is_unprocessable(value: bytes) -> None:
    with pytest.raises(Unprocessable, match="__data__ is not JSON"):
        unseal(value)


@pytest.mark.parametrize("value", [b'{"url":"https://a.example/"}', b"[1]", b'{"data":{"x":1}}'])
def test_json_that_is_no_envelope_is_the_body_itself(value: bytes) -> None:
    assert unseal(value) == (value, {})


def test_header_that_could_hurt_a_reader_is_left_out() -> None:
    raw = json.dumps(
        {"headers": {"ok": "1", "é": "1", "long": "x" * 600, "number": 1, "bad": "é"}, "data": "{}"}
    )
    body, headers = unseal(raw.encode())
    assert body == b"{}"
    assert headers == {"ok": "1", "é": "1"}


def test_plain_fields_are_a_body_and_binary_ones_are_named() -> None:
    assert json.loads(body_of_plain({b"url": b"https://a.example/"})) == {"url": "https://a.example/"}
    with pytest.raises(Unprocessable, match="page"):
        body_of_plain({b"page": b"\xff"})


@settings(deadline=None)
@given(st.text(), st.dictionaries(st.sampled_from(["correlation_id", "trace_id"]), st.text(max_size=9)))
def test_a_message_is_sealed_to_the_byte_as_any_text_is(text: str, headers: dict[str, str]) -> None:
    body = json_of(Note(text=text))
    assert body.decode() == Note(text=text).model_dump_json()
    assert seal_json(body, headers) == seal(body.decode(), headers)
    assert unseal(seal_json(body, headers))[0] == body

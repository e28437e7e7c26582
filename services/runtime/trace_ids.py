"""Trace ids: the id that joins one article's walk in logs and in spans, by the headers a message carries (W3C Trace Context)."""

import hashlib
import re
import secrets
from collections.abc import Mapping

TRACE_ID = "trace_id"
TRACEPARENT = "traceparent"
TRACESTATE = "tracestate"

TRACEPARENT_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
TRACE_ID_FORM = re.compile(r"(?!0{32})[0-9a-f]{32}")


def new_trace_id() -> str:
    """A trace id of its own: 32 random hex digits. All of them random, so that samplers by ratio may look at any."""
    return secrets.token_hex(16)


def trace_id_of(headers: Mapping[str, str], correlation_id: str) -> str:
    """The trace a message belongs to: its traceparent's, its own id for one, or else its correlation id's.

    Headers are whatever a sender wrote: what has not the form does not count.
    """
    parent = TRACEPARENT_FORM.fullmatch(headers.get(TRACEPARENT, ""))
    if parent:
        return parent[1]
    for given in (headers.get(TRACE_ID, ""), correlation_id):
        if TRACE_ID_FORM.fullmatch(given):
            return given
    return hashlib.blake2s(correlation_id.encode(), digest_size=16).hexdigest()


def of_new_trace(headers: Mapping[str, str]) -> dict[str, str]:
    """The same headers, but for a trace that begins here: one article of a listing that named hundreds."""
    kept = {name: value for name, value in headers.items() if name not in (TRACEPARENT, TRACESTATE)}
    return {**kept, TRACE_ID: new_trace_id()}

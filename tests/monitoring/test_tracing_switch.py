"""Tracing is what the standard variables say: off without them, a clear word where they ask for what there is not."""

import logging
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from services.contracts.failures import RetryLater, Unprocessable
from services.runtime.delivery.entry import Entry
from services.runtime.handling import handling
from services.runtime.middleware import ExpectedFailure
from services.runtime.monitoring.spans import OFF, message_span, note_published, part_span
from services.runtime.monitoring.tracing import OncePerMinute, is_asked_for, tracer, tracing
from services.runtime.settings import SettingsError
from tests.monitoring.conftest import wait_until
from tests.monitoring.otlp_receiver import collecting
from tests.ports import free_port

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
HERE = "http://127.0.0.1:4318"


@pytest.mark.parametrize(
    ("environ", "asked"),
    [
        ({}, False),
        ({ENDPOINT: ""}, False),
        ({ENDPOINT: HERE}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{HERE}/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", ENDPOINT: HERE}, False),
        ({"OTEL_SDK_DISABLED": "true", ENDPOINT: HERE}, False),
        ({ENDPOINT: HERE, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, True),
    ],
)
def test_standard_variables_switch_tracing(environ: dict[str, str], asked: bool) -> None:
    assert is_asked_for(environ) is asked


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"OTEL_TRACES_EXPORTER": "jaeger"}, "OTEL_TRACES_EXPORTER is 'jaeger': allowed are otlp and none"),
        ({ENDPOINT: "collector:4318"}, "must start with http:// or https://"),
        ({ENDPOINT: HERE, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "allowed is http/protobuf"),
    ],
)
def test_what_there_is_not_is_refused_by_name(environ: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        is_asked_for(environ)


@pytest.mark.parametrize("service", ["ingest", "normalize", "store"])
def test_no_tracer_and_no_exporter_is_imported_while_it_is_off(service: str) -> None:
    """What the Redis client imports of the metrics API, where it is installed, is its own affair."""
    look = f"import sys, services.{service}.__main__; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = found.stdout.split()
    assert f"services.{service}.app" in loaded
    assert [
        name for name in loaded if name.startswith(("opentelemetry.sdk.trace", "opentelemetry.exporter"))
    ] == []


def test_spans_are_nothing_while_tracing_is_off() -> None:
    with tracing("normalize", {}), handling(Entry("5-0", {}, 1)) as running:
        assert tracer() is None
        assert message_span(running, "articles.raw") is part_span("GET") is OFF
        assert running.headers == {}


def test_failures_are_told_by_their_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    with collecting() as collector:
        monkeypatch.setenv(ENDPOINT, collector.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with tracing("normalize", {ENDPOINT: collector.url}):
            for failure in (RetryLater("redis"), Unprocessable("at redis://u:s3cret@h/0")):
                with (
                    pytest.raises(ExpectedFailure),
                    handling(Entry("5-0", {}, 1)) as running,
                    message_span(running, "articles.raw"),
                ):
                    raise ExpectedFailure(failure)
        wait_until(lambda: len(collector.spans) == 2)
        later, fault = collector.spans
    assert (later.is_error, later.attributes["cleanwire.outcome"]) == (False, "retry later")
    assert (fault.is_error, fault.attributes["error.type"]) == (True, "Unprocessable")


def test_collector_that_is_away_holds_up_neither_work_nor_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv(ENDPOINT, away)
    with tracing("store", {ENDPOINT: away}), handling(Entry("5-0", {}, 1)) as running:
        with message_span(running, "articles.normalized"):
            assert "traceparent" in running.headers
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 60, "the last export is given up, not waited for"


def test_exporter_says_once_a_minute_that_its_collector_is_away() -> None:
    once = OncePerMinute()
    record = logging.LogRecord("x", logging.WARNING, "", 0, "away", None, None)
    assert [once.filter(record) for _ in range(3)] == [True, False, False]


def test_announcement_without_a_trace_has_no_span() -> None:
    note_published("articles.cleaned", "a:1", "", datetime.now(UTC))

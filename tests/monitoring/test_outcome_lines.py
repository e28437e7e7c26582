"""The one line of a message says what a program may rely on, and nothing that must not be read."""

import io
import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from services.runtime.delivery.entry import Entry
from services.runtime.handling import handling
from services.runtime.logs import bind_message, log_outcome, set_up_logs
from services.runtime.middleware import _named_faults
from services.runtime.settings import ServiceSettings, SettingsError, read_settings

ALWAYS = {
    "event", "service", "stage", "article_id", "correlation_id", "trace_id", "source", "outcome", "reason",
    "duration_ms", "attempt",
}  # fmt: skip


def logged(sample: float = 1.0, log_format: Any = "json") -> Any:
    output = io.StringIO()
    set_up_logs("normalize", "info", log_format, sample=sample, stream=output)
    return lambda: [json.loads(line) for line in output.getvalue().splitlines()]


def end_message(trace_id: str = "a" * 32, **facts: Any) -> None:
    with handling(Entry("5-0", {}, 2)):
        bind_message(stage="normalize/articles.raw", correlation_id="c", trace_id=trace_id, **facts)
        log_outcome("page_rejected", "rejected")


def test_outcome_line_has_every_field_even_where_nothing_is_known() -> None:
    read = logged()
    end_message()
    (line,) = read()
    assert line.keys() >= ALWAYS
    assert (line["article_id"], line["source"], line["reason"], line["attempt"]) == (None, None, None, 2)


def test_what_is_bound_once_stands_on_every_later_line_of_the_message() -> None:
    read = logged()
    end_message(article_id="a1", source="lantern")
    (line,) = read()
    assert (line["article_id"], line["source"]) == ("a1", "lantern")


def test_people_see_no_fields_that_say_nothing() -> None:
    output = io.StringIO()
    set_up_logs("normalize", "info", "console", stream=output)
    end_message()
    assert "None" not in output.getvalue()


def test_sample_keeps_or_drops_whole_walks() -> None:
    read = logged(sample=0.5)
    for _ in range(2):
        end_message("7" + "f" * 31)
        end_message("8" + "0" * 31)
    assert [line["trace_id"][0] for line in read()] == ["7", "7"]


def test_sample_of_nothing_keeps_warnings_and_other_events() -> None:
    import structlog

    read = logged(sample=0.0)
    end_message("0" * 31 + "1")
    log = structlog.get_logger()
    log.info("service_started")
    log.error("message_dead_lettered", outcome="dead", trace_id="f" * 32)
    assert [line["event"] for line in read()] == ["service_started", "message_dead_lettered"]


@pytest.mark.parametrize("given", ["1.5", "-0.1", "half"])
def test_sample_that_is_no_share_is_refused_by_name(given: str) -> None:
    with pytest.raises(SettingsError, match="CLEANWIRE_LOG_SAMPLE"):
        read_settings(ServiceSettings, {"CLEANWIRE_LOG_SAMPLE": given})


class Page(BaseModel):
    number: int
    title: str


@pytest.mark.parametrize(
    "message",
    [{"number": "The talks " * 50, "title": ""}, {"text": "The talks were held in Minsk on Friday"}],
    ids=["long value", "missing field"],
)
def test_message_that_does_not_fit_is_named_without_its_text(message: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        Page.model_validate(message)
    reason = _named_faults(caught.value)
    assert reason.startswith("message does not fit: number: ")
    assert "talks" not in reason


def test_short_wrong_value_is_shown() -> None:
    with pytest.raises(ValidationError) as caught:
        Page.model_validate({"number": "seven", "title": ""})
    assert "was 'seven'" in _named_faults(caught.value)

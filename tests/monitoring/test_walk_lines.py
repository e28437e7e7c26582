"""What the services really logged of a walk."""

import re

import pytest

from tests.monitoring.conftest import SECRET, Walked

ALWAYS = {
    "event", "service", "stage", "article_id", "correlation_id", "trace_id", "source", "outcome", "reason",
    "duration_ms", "attempt", "timestamp", "level",
}  # fmt: skip


def test_every_outcome_line_has_every_field(walked: Walked) -> None:
    outcomes = [line for line in walked.lines if "outcome" in line]
    assert len(outcomes) > 8
    assert [line for line in outcomes if not line.keys() >= ALWAYS] == []


def test_each_page_has_one_outcome_line_in_each_stage(walked: Walked) -> None:
    entries = [(line["stream"], line["message_id"]) for line in walked.lines if "outcome" in line]
    assert len(entries) == len(set(entries))


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        ("page_fetched", {"source": "Lantern", "outcome": "fetched"}),
        ("fetch_failed", {"source": "Lantern", "outcome": "gone", "reason": "http 404"}),
        ("page_rejected", {"source": "Lantern", "outcome": "rejected", "reason": "too short"}),
        ("article_normalized", {"source": "Lantern", "outcome": "normalized", "missing": []}),
        ("article_stored", {"source": "Lantern", "outcome": "new", "side": "exile"}),
    ],
)
def test_event_says_what_an_operator_asks(walked: Walked, event: str, facts: dict[str, object]) -> None:
    assert [line for line in walked.logged(event) if facts.items() <= line.items()], walked.logged(event)


def test_article_is_known_by_one_id_in_all_stages(walked: Walked) -> None:
    (stored,) = [
        line
        for line in walked.logged("article_stored")
        if line["outcome"] == "new"
        and line["article_id"] in {one["article_id"] for one in walked.logged("page_fetched")}
        and any(
            "talks" in one["url"]
            for one in walked.logged("page_fetched")
            if one["article_id"] == line["article_id"]
        )
    ]
    services = {line["service"] for line in walked.lines if line.get("article_id") == stored["article_id"]}
    assert services == {"ingest", "normalize", "store"}


def test_dead_letter_is_told_with_its_reason(walked: Walked) -> None:
    (line,) = walked.logged("message_dead_lettered")
    assert "not JSON" in line["reason"]
    assert line["outcome"] == "dead"
    assert line["stage"] == "normalize/articles.raw"


def test_no_line_carries_text_or_credentials(walked: Walked) -> None:
    assert "envoys met" not in walked.text
    assert SECRET not in walked.text
    assert "api_key=***" in walked.text


def test_nothing_was_logged_that_the_catalogue_does_not_know(walked: Walked) -> None:
    from services.console.docs.events_page import read_meanings

    ours = {line["event"] for line in walked.lines if re.fullmatch(r"[a-z]+(_[a-z]+)+", line["event"])}
    assert ours - set(read_meanings()) == set()

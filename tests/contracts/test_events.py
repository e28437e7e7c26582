"""The public contract: what stands on a stream is what a subscriber reads."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services import contracts
from services.contracts.events import (
    ARTICLE_PUBLISHED,
    DATA_OF_TYPE,
    STORY_JOINED,
    PublicEvent,
    article_event_id,
    change_event_id,
    parse_event,
    stream_of_type,
)
from services.contracts.messages import CleanArticle

CLEAN = (Path(contracts.__file__).parent / "examples" / "clean_article.v1.json").read_text()


def make_event(**changes: object) -> PublicEvent:
    facts = {
        "id": article_event_id("a" * 32, 1),
        "type": ARTICLE_PUBLISHED,
        "subject": "a" * 32,
        "time": datetime(2025, 12, 12, 13, 21, tzinfo=UTC),
        "data": CLEAN,
    }
    return PublicEvent.model_validate(facts | changes)


def test_an_event_is_read_as_it_was_written() -> None:
    event, data = parse_event(
        {name.encode(): value.encode() for name, value in make_event().to_fields().items()}
    )
    assert event == make_event()
    assert isinstance(data, CleanArticle)


def test_the_fields_are_the_cloudevents_attributes_and_data() -> None:
    fields = make_event(traceparent="00-1-2-01").to_fields()
    assert list(fields) == [
        "specversion", "id", "type", "source", "time", "subject", "datacontenttype", "dataschema", "traceparent", "data",
    ]  # fmt: skip
    assert fields["time"] == "2025-12-12T13:21:00Z"


def test_a_foreign_entry_is_named_as_such() -> None:
    with pytest.raises(ValueError, match="lacks id"):
        parse_event({"type": ARTICLE_PUBLISHED, "subject": "x", "time": "2025-12-12T00:00:00Z", "data": "{}"})
    with pytest.raises(ValueError, match="unknown event type"):
        parse_event(make_event(type="cleanwire.article.published.v9").to_fields())


def test_an_unknown_future_field_of_an_entry_breaks_nobody() -> None:
    parse_event(make_event().to_fields() | {"from_the_future": "1"})


def test_every_type_stands_on_one_stream() -> None:
    assert {stream_of_type(name) for name in DATA_OF_TYPE} == {"articles.cleaned", "stories.updated"}


def test_ids_tell_revisions_and_changes_apart() -> None:
    assert article_event_id("c", 2, withdrawn=True) == "c:2:withdrawn"
    assert change_event_id("s-1", 4, STORY_JOINED) == "s-1:4:story.joined"

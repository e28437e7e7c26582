"""The generated pages are those that the code makes now, and the AsyncAPI document says what a subscriber needs."""

import json

import pytest

from services.console.docs.pages import ROOT, changed_schemas, generated_pages
from services.contracts.events import DATA_OF_TYPE, parse_event

GENERATED = generated_pages()
ASYNCAPI = json.loads(GENERATED["docs/asyncapi.json"])


@pytest.mark.parametrize("path", GENERATED)
def test_a_generated_page_is_current(path: str) -> None:
    assert (ROOT / path).exists() and (ROOT / path).read_text() == GENERATED[path], f"{path}: run ./run docs"


def test_no_published_schema_has_changed() -> None:
    assert changed_schemas() == []


def test_asyncapi_names_both_public_streams_and_every_event_type() -> None:
    assert ASYNCAPI["asyncapi"] == "3.0.0"
    assert set(ASYNCAPI["channels"]) == {"articles.cleaned", "stories.updated"}
    assert {message["name"] for message in ASYNCAPI["components"]["messages"].values()} == set(DATA_OF_TYPE)


def test_every_reference_of_asyncapi_leads_somewhere() -> None:
    references = [
        line.split('"')[3] for line in GENERATED["docs/asyncapi.json"].splitlines() if '"$ref"' in line
    ]
    assert references
    for reference in references:
        node = ASYNCAPI
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def test_every_example_of_asyncapi_is_an_entry_that_our_reader_reads() -> None:
    for message in ASYNCAPI["components"]["messages"].values():
        (example,) = message["examples"]
        event, _ = parse_event(example["headers"] | {"data": json.dumps(example["payload"])})
        assert event.type == message["name"]
        assert set(message["headers"]["required"]) <= set(example["headers"])

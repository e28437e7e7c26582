"""Yesterday's entries by today's readers, and today's entries by yesterday's readers (the published schemas)."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from services import contracts
from services.contracts.events import DATA_OF_TYPE, PublicEvent, parse_event
from services.contracts.versions import VERSIONS, SchemaVersion, published_schemas

ENTRIES = sorted((Path(contracts.__file__).parent / "examples" / "entries").glob("*.json"))
ROW_OF_TYPE = {kind: row for row in VERSIONS for kind in row.event_types}


def fields_of(path: Path) -> dict[str, str]:
    fields = json.loads(path.read_text())
    assert isinstance(fields, dict)
    return fields


def majors_alike(row: SchemaVersion) -> dict[str, dict[str, object]]:
    """The published schemas that readers of this major version may still hold."""
    major = row.version.split(".")[0]
    return {
        version: schema
        for version, schema in published_schemas(row.name).items()
        if version.split(".")[0] == major
    }


def test_there_is_one_real_entry_of_every_event_type() -> None:
    assert {fields_of(path)["type"] for path in ENTRIES} == set(DATA_OF_TYPE)


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: path.stem)
def test_yesterdays_entry_is_read_today(path: Path) -> None:
    fields = fields_of(path)
    event, data = parse_event(fields)
    assert (event.id, event.type, event.subject) == (fields["id"], fields["type"], fields["subject"])
    sent = json.loads(fields["data"])
    assert {name: value for name, value in json.loads(data.model_dump_json()).items() if name in sent} == sent


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: path.stem)
def test_todays_entry_is_read_by_yesterdays_reader(path: Path) -> None:
    event, data = parse_event(fields_of(path))
    written_today = PublicEvent.model_validate(event.model_dump() | {"data": data.model_dump_json()})
    published = majors_alike(ROW_OF_TYPE[event.type])
    assert published
    for schema in published.values():
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema).validate(json.loads(written_today.data))


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: path.stem)
def test_an_entry_of_tomorrow_is_read_today(path: Path) -> None:
    fields = fields_of(path)
    tomorrow = json.loads(fields["data"]) | {"from_the_future": {"a": [1]}}
    event, data = parse_event(fields | {"data": json.dumps(tomorrow), "futureattribute": "1"})
    assert data == parse_event(fields)[1]
    for schema in majors_alike(ROW_OF_TYPE[event.type]).values():
        Draft202012Validator(schema).validate(tomorrow)


def test_a_schema_refuses_what_is_no_article() -> None:
    schema = published_schemas("clean_article")["1.0"]
    assert not Draft202012Validator(schema).is_valid({"article_id": "a"})


def test_the_fields_of_an_entry_keep_their_names() -> None:
    for path in ENTRIES:
        fields = fields_of(path)
        assert parse_event(fields)[0].to_fields() == fields

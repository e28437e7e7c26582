"""Everything the store announces is what the published schemas promise."""

import json

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select

from services.contracts.events import DATA_OF_TYPE, article_event_id, parse_event
from services.contracts.versions import VERSIONS, published_schemas
from services.store.claim.incoming import incoming_of
from services.store.database.schema import outbox
from tests.store.builders import make_article, make_text

SCHEMA_OF_TYPE = {
    kind: published_schemas(row.name)[row.version] for row in VERSIONS for kind in row.event_types
}


async def announced(archive, *messages):
    for message in messages:
        await archive.claim(incoming_of(message))
    rows = await archive.database.read(
        lambda connection: connection.execute(select(outbox.c.fields).order_by(outbox.c.n)).scalars().all()
    )
    return [json.loads(fields) for fields in rows]


@pytest.fixture
async def entries(archive):
    """A new article, its revision, a copy, an earlier original, an update, and another article."""
    text, longer = make_text(1), make_text(1) + "\n\n" + make_text(2, 40)
    return await announced(
        archive,
        make_article("https://one.example/a", text),
        make_article("https://one.example/a", longer, minutes=5),
        make_article("https://two.example/b", longer, minutes=6),
        make_article("https://three.example/c", longer, minutes=7, published="2026-11-20T11:00:00+00:00"),
        make_article("https://one.example/a-2", longer + "\n\n" + make_text(3, 40), minutes=90),
        make_article("https://four.example/d", make_text(9), title="Another matter", minutes=91),
    )


async def test_every_announcement_fits_its_published_schema(entries):
    kinds = {fields["type"] for fields in entries}
    assert {
        "cleanwire.article.published.v1",
        "cleanwire.article.revised.v1",
        "cleanwire.group.copy_seen.v1",
    } <= kinds
    for fields in entries:
        Draft202012Validator(SCHEMA_OF_TYPE[fields["type"]]).validate(json.loads(fields["data"]))


async def test_every_announcement_is_read_by_the_subscribers_reader(entries):
    for fields in entries:
        event, data = parse_event(fields)
        assert type(data) is DATA_OF_TYPE[event.type]
        assert event.to_fields() == fields


async def test_an_articles_event_id_is_its_article_id_and_revision(entries):
    for fields in entries:
        data = json.loads(fields["data"])
        if fields["type"].startswith("cleanwire.article."):
            assert fields["id"] == article_event_id(data["article_id"], data["revision"])
            assert fields["subject"] == data["canonical_id"]


async def test_no_event_id_is_given_twice(entries):
    ids = [fields["id"] for fields in entries]
    assert len(set(ids)) == len(ids)

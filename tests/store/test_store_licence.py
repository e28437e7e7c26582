"""No more of an article leaves the archive than its source's licence lets be passed on, on both databases."""

import json

import pytest

from services.contracts.messages import Rights, Source
from services.store.claim.incoming import incoming_of
from services.store.reading.search_index import index_waiting, search_articles
from services.store.reading.views import read_article
from tests.store.builders import make_article, make_text
from tests.store.test_store_archive import events_of

SECRET = "zzsecret"
TEXT = f"{make_text(5, 90)}\n\nOnly at the end comes {SECRET} to light."


def limited(licence: str, text: str = TEXT, **changes):
    message = make_article("https://limited.example/a", text, outlet="Limited", **changes)
    source = Source(name="Limited feed", outlet="Limited", licence=licence)
    return message.model_copy(update={"source": source, "rights": Rights(licence=licence)})


async def claim(archive, message):
    return await archive.claim(incoming_of(message))


@pytest.mark.parametrize("licence", ["excerpt", "headline"])
async def test_neither_event_nor_view_nor_search_gives_more_than_the_licence(archive, licence):
    settled = await claim(archive, limited(licence))
    revised = limited(licence, f"{TEXT}\n\nAnd {SECRET} once more, in 40 towns.", minutes=5, page="second")
    assert (await claim(archive, revised)).verdict == "revision"
    await index_waiting(archive.database)

    told = [data for _, data in await events_of(archive)]
    view = await read_article(archive.database, settled.article_id)
    hits = await search_articles(archive.database, SECRET)

    assert [data.rights.licence for data in told] == [licence, licence]
    assert view.licence == licence
    assert len(view.revisions) == 2
    assert [hit.article_id for hit in hits] == [settled.article_id]  # it is found, and not shown
    assert SECRET not in json.dumps([data.model_dump(mode="json") for data in told])
    assert SECRET not in repr(view)
    assert SECRET not in repr(hits)
    assert bool(view.text) == (licence == "excerpt")


async def test_sameness_is_still_decided_on_the_whole_text(archive):
    await claim(archive, limited("headline"))
    copy = await claim(archive, make_article("https://open.example/b", TEXT, outlet="Open", minutes=9))
    assert copy.verdict == "copy"


async def test_stricter_licence_holds_for_older_states_too(archive):
    settled = await claim(archive, limited("full"))
    await claim(archive, limited("headline", f"{TEXT}\n\nAnd 40 more.", minutes=5, page="second"))
    view = await read_article(archive.database, settled.article_id)
    assert [one.text for one in view.revisions] == ["", ""]


async def test_open_article_is_shown_whole(archive):
    settled = await claim(archive, limited("full"))
    assert (await read_article(archive.database, settled.article_id)).text == TEXT

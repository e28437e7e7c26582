"""What the claim writes and announces, on both databases."""

import asyncio
import json

from sqlalchemy import func, select

from services.contracts.events import parse_event
from services.store.claim.incoming import incoming_of
from services.store.database.schema import article, article_group, edge, fetch, outbox, revision, sketch
from tests.store.builders import make_article, make_text

EARLY = "2026-11-20T09:00:00+00:00"


async def claim(archive, message):
    return await archive.claim(incoming_of(message))


async def events_of(archive):
    rows = await archive.database.read(
        lambda c: c.execute(select(outbox.c.fields).order_by(outbox.c.n)).scalars().all()
    )
    told = [parse_event(json.loads(fields)) for fields in rows]
    return [(event, data) for event, data in told if not event.type.startswith("cleanwire.story.")]


async def count(archive, table):
    return await archive.database.read(
        lambda c: c.execute(select(func.count()).select_from(table)).scalar_one()
    )


async def types_of(archive):
    return [
        event.type.removeprefix("cleanwire.").removesuffix(".v1") for event, _ in await events_of(archive)
    ]


async def test_new_article_is_published_once_with_its_text(archive):
    message = make_article()
    settled = await claim(archive, message)
    assert (settled.verdict, settled.revision) == ("new", 1)
    [(event, data)] = await events_of(archive)
    assert event.id == f"{settled.article_id}:1"
    assert event.subject == settled.canonical_id == settled.article_id
    assert data.text == message.text
    assert data.outlet == "one.example"


async def test_redelivered_article_is_not_its_own_duplicate(archive):
    message = make_article()
    await claim(archive, message)
    before = [await count(archive, table) for table in (article, revision, fetch, edge, outbox, sketch)]
    for _ in range(3):
        settled = await claim(archive, message)
        assert (settled.verdict, settled.reason) == ("redelivery", "same fetch")
    assert [
        await count(archive, table) for table in (article, revision, fetch, edge, outbox, sketch)
    ] == before


async def test_older_fetch_redelivered_after_a_newer_one_changes_nothing(archive):
    first, second = make_article(seed=1), make_article(seed=2, minutes=5)
    await claim(archive, first)
    assert (await claim(archive, second)).verdict == "revision"
    assert (await claim(archive, first)).reason == "same fetch"
    assert await types_of(archive) == ["article.published", "article.revised"]


async def test_older_fetch_that_comes_late_is_history_only(archive):
    await claim(archive, make_article(seed=2, minutes=5))
    late = await claim(archive, make_article(seed=1))
    assert (late.verdict, late.reason) == ("redelivery", "older fetch")
    assert await count(archive, revision) == 2
    [(_, data)] = await events_of(archive)
    assert data.text == make_text(2)


async def test_revision_is_announced_with_the_next_number_and_its_diff(archive):
    text = make_text(1)
    await claim(archive, make_article(text=text))
    changed = await claim(archive, make_article(text=text + "\n\n" + make_text(2, 30), minutes=9))
    assert (changed.verdict, changed.revision) == ("revision", 2)
    assert [event.id.split(":")[1] for event, _ in await events_of(archive)] == ["1", "2"]
    diff = await archive.database.read(
        lambda c: c.execute(select(revision.c.diff).where(revision.c.revision == 2)).scalar_one()
    )
    assert json.loads(diff)["added"] == make_text(2, 30).split("\n\n")


async def test_same_page_fetched_again_is_no_revision_whatever_the_engine_says(archive):
    await claim(archive, make_article(seed=1, page="page"))
    again = await claim(archive, make_article(seed=2, page="page", minutes=7, engine="2"))
    assert (again.verdict, again.reason) == ("redelivery", "same page")


async def test_exact_copy_at_another_outlet_is_linked_and_never_published(archive):
    first = await claim(archive, make_article("https://one.example/a", published=EARLY))
    copy = await claim(archive, make_article("https://two.example/b", minutes=3))
    assert copy.verdict == "copy"
    assert copy.canonical_id == first.article_id
    assert await types_of(archive) == ["article.published", "group.copy_seen"]


async def test_late_original_takes_the_groups_place_and_nothing_is_published_twice(archive):
    copy = await claim(archive, make_article("https://two.example/b", published="2026-11-20T11:30:00+00:00"))
    original = await claim(
        archive, make_article("https://one.example/a", minutes=3, published="2026-11-20T09:00:00+00:00")
    )
    assert original.canonical_id == original.article_id
    assert await types_of(archive) == ["article.published", "group.canonical_changed"]
    (_, _), (event, change) = await events_of(archive)
    assert event.subject == original.article_id
    assert change.previous_canonical_id == copy.article_id


async def test_revision_number_rises_when_the_canonical_changes(archive):
    text = make_text(1)
    await claim(archive, make_article("https://two.example/b", text, published="2026-11-20T11:30:00+00:00"))
    await claim(
        archive, make_article("https://one.example/a", text, minutes=3, published="2026-11-20T09:00:00+00:00")
    )
    changed = await claim(
        archive,
        make_article(
            "https://one.example/a",
            text + "\n\n" + make_text(5, 30),
            minutes=9,
            published="2026-11-20T09:00:00+00:00",
        ),
    )
    assert changed.revision == 2
    event, _ = (await events_of(archive))[-1]
    assert event.id == f"{changed.article_id}:2"


async def test_article_that_joins_two_groups_merges_them(archive):
    one, two = make_text(1, 150), make_text(2, 150)
    first = await claim(
        archive, make_article("https://one.example/a", one, title="One headline of six words here")
    )
    second = await claim(
        archive,
        make_article("https://two.example/b", two, minutes=1, title="Two other headline words stand here"),
    )
    assert second.verdict == "new"
    both = await claim(archive, make_article("https://three.example/c", one + "\n\n" + two, minutes=2))
    assert both.verdict == "copy"
    assert both.canonical_id == min(first.article_id, second.article_id, both.article_id)
    assert "group.merged" in await types_of(archive)
    groups = await archive.database.read(lambda c: c.execute(select(article_group)).all())
    assert [row.members for row in groups] == [3]


async def test_update_at_another_url_of_the_outlet_is_the_next_revision_of_the_group(archive):
    text = make_text(1, 150)
    first = await claim(archive, make_article("https://one.example/a", text))
    update = await claim(
        archive, make_article("https://one.example/b", text + "\n\n" + make_text(3, 30), minutes=30)
    )
    assert (update.verdict, update.revision, update.canonical_id) == (
        "update",
        2,
        min(first.article_id, update.article_id),
    )
    assert (await types_of(archive))[:2] == ["article.published", "article.revised"]


async def test_same_text_at_another_url_of_the_outlet_is_an_alias(archive):
    first = await claim(archive, make_article("https://one.example/a"))
    alias = await claim(archive, make_article("https://one.example/a/print", minutes=3))
    assert (alias.verdict, alias.reason) == ("redelivery", "same outlet")
    row = await archive.database.read(
        lambda c: c.execute(
            select(article.c.alias_of).where(article.c.article_id == alias.article_id)
        ).scalar_one()
    )
    assert row == first.article_id
    assert "article.revised" not in await types_of(archive)


async def test_change_read_under_an_alias_is_not_published_again_for_the_original(archive):
    text, longer = make_text(1, 150), make_text(1, 150) + "\n\n" + make_text(3, 30)
    await claim(archive, make_article("https://one.example/a", text))
    await claim(archive, make_article("https://one.example/b", text, minutes=1))
    await claim(archive, make_article("https://one.example/b", longer, minutes=20))
    await claim(archive, make_article("https://one.example/a", longer, minutes=21))
    assert [name for name in await types_of(archive) if name.startswith("article")] == [
        "article.published",
        "article.revised",
    ]


async def test_copy_that_becomes_another_article_leaves_its_group_and_is_published(archive):
    await claim(archive, make_article("https://one.example/a", published=EARLY))
    await claim(archive, make_article("https://two.example/b", minutes=1))
    changed = await claim(
        archive,
        make_article("https://two.example/b", seed=9, minutes=8, title="Another matter altogether today"),
    )
    assert changed.verdict == "revision"
    assert changed.canonical_id == changed.article_id
    assert (await types_of(archive))[-2:] == ["article.published", "group.canonical_changed"]
    assert (await events_of(archive))[-2][0].id == f"{changed.article_id}:2"


async def test_copies_claimed_at_once_are_published_once(archive):
    messages = [make_article(f"https://o{n}.example/{n}", minutes=n) for n in range(12)]
    settled = await asyncio.gather(*(claim(archive, message) for message in messages))
    assert sorted(result.verdict for result in settled) == ["copy"] * 11 + ["new"]
    assert (await types_of(archive)).count("article.published") == 1
    groups = await archive.database.read(lambda c: c.execute(select(article_group)).all())
    assert [row.members for row in groups] == [12]

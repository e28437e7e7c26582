"""A page made anew on purpose: what the same fetch would be ignored for becomes a revision, once."""

from services.store.claim.incoming import incoming_of
from tests.store.builders import make_article, make_text

BEFORE = make_article(page="the page", text=make_text(1), engine="1")
BETTER = BEFORE.model_copy(
    update={"text": make_text(1) + "\n\n" + make_text(5), "engine": "2", "fetch_id": "replay-of-it"}
)


async def test_a_replay_with_another_text_is_a_revision(archive):
    await archive.claim(incoming_of(BEFORE))
    settled = await archive.claim(incoming_of(BETTER.model_copy(update={"replayed": True})))
    assert (settled.verdict, settled.revision) == ("revision", 2)
    assert settled.published == "cleanwire.article.revised.v1"


async def test_the_same_page_made_anew_by_chance_is_a_redelivery(archive):
    await archive.claim(incoming_of(BEFORE))
    settled = await archive.claim(incoming_of(BETTER))
    assert (settled.verdict, settled.reason) == ("redelivery", "same page")


async def test_a_replay_that_is_repeated_is_a_redelivery(archive):
    replay = incoming_of(BETTER.model_copy(update={"replayed": True}))
    await archive.claim(incoming_of(BEFORE))
    await archive.claim(replay)
    assert (await archive.claim(replay)).verdict == "redelivery"


async def test_a_replay_of_an_older_fetch_changes_nothing(archive):
    newer = make_article(page="another page", text=make_text(7), minutes=30)
    await archive.claim(incoming_of(BEFORE))
    await archive.claim(incoming_of(newer))
    settled = await archive.claim(incoming_of(BETTER.model_copy(update={"replayed": True})))
    assert (settled.verdict, settled.reason) == ("redelivery", "older fetch")

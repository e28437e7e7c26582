"""Search, reading, the window: what an analyst asks the archive, on both databases."""

from datetime import timedelta

import pytest

from services.store.claim.incoming import incoming_of
from services.store.reading.search_index import QueryError, index_waiting, search_articles
from services.store.reading.views import read_article, read_story
from services.store.upkeep.window import keep_window
from tests.store.builders import NOON, make_article, make_text

RUSSIAN = "Переговоры делегаций продолжились в Минске. " * 12
ENGLISH = "The delegations talked about released prisoners for hours. " * 12


async def claim(archive, message):
    return await archive.claim(incoming_of(message))


async def found(archive, query):
    return [hit.title for hit in await search_articles(archive.database, query)]


async def test_search_finds_other_forms_of_a_word_in_each_language(archive):
    await claim(archive, make_article("https://one.example/ru", RUSSIAN, title="Делегации", language="ru"))
    await claim(archive, make_article("https://one.example/en", ENGLISH, title="Delegates", language="en"))
    assert await index_waiting(archive.database) == 2
    assert await index_waiting(archive.database) == 0
    assert await found(archive, "переговорам") == ["Делегации"]
    assert await found(archive, "prisoner release") == ["Delegates"]
    assert await found(archive, '"released prisoners"') == ["Delegates"]
    assert await found(archive, '"prisoners released"') == []
    assert await found(archive, "prisoner Минск") == []
    [hit] = await search_articles(archive.database, "prisoner")
    assert hit.snippet.startswith("The delegations talked")


@pytest.mark.parametrize(
    "query",
    [
        '"',
        '"unbalanced',
        "a AND",
        "NEAR(x y)",
        "title:x*",
        "x' OR 1=1 --",
        "(((",
        "x:*&!|<->",
        "\\",
        "col^2",
        "é\x00ü",
        "-minsk",
        "* prisoner",
    ],
)
async def test_nothing_in_a_query_is_syntax(archive, query):
    await claim(archive, make_article("https://one.example/en", ENGLISH))
    await index_waiting(archive.database)
    try:
        await search_articles(archive.database, query)
    except QueryError as error:
        assert "at least one word" in str(error)


async def test_revised_text_is_found_and_the_former_is_not(archive):
    await claim(archive, make_article("https://one.example/a", ENGLISH, title="Delegates"))
    await index_waiting(archive.database)
    await claim(
        archive, make_article("https://one.example/a", "Ceasefire holds everywhere today. " * 20, minutes=9)
    )
    await index_waiting(archive.database)
    assert await found(archive, "prisoners") == []
    assert len(await found(archive, "ceasefire")) == 1


async def test_article_is_read_with_its_revisions_diff_ledger_and_copies(archive):
    text = make_text(1)
    first = await claim(
        archive, make_article("https://one.example/a", text, published="2026-11-20T09:00:00+00:00")
    )
    copy = await claim(archive, make_article("https://two.example/b", text, minutes=2))
    await claim(
        archive,
        make_article(
            "https://one.example/a",
            text + "\n\n" + make_text(7, 30),
            minutes=8,
            published="2026-11-20T09:00:00+00:00",
        ),
    )
    view = await read_article(archive.database, first.article_id)
    assert (view.revision, [one.number for one in view.revisions]) == (2, [1, 2])
    assert view.revisions[1].diff["added"]
    assert view.revisions[0].text == text
    assert [block.kept for block in view.revisions[0].ledger] == [False, True]
    [member] = view.members
    assert (member.article_id, member.containment) == (copy.article_id, 1.0)
    assert (await read_article(archive.database, "https://one.example/a")).article_id == first.article_id
    assert await read_article(archive.database, "nothing") is None
    told = await read_story(archive.database, view.story_id)
    assert [one.article_id for one in told.articles] == [first.article_id]
    assert told.copies == 1
    assert await read_story(archive.database, "all-99999") is None
    assert await read_story(archive.database, "nonsense") is None


async def test_near_copies_are_looked_for_within_thirty_days_and_equal_texts_for_ever(archive):
    text = make_text(1, 200)
    edited = text.replace(text.split()[20], "changed").replace(text.split()[120], "otherwise")
    await claim(archive, make_article("https://one.example/a", text))
    month = timedelta(days=31).total_seconds() / 60
    later = await claim(archive, make_article("https://two.example/b", edited, minutes=month))
    same = await claim(archive, make_article("https://three.example/c", text, minutes=month))
    assert later.verdict == "new"
    assert same.verdict == "copy"


async def test_window_is_emptied_of_days_that_are_over_and_claims_go_on(archive):
    await keep_window(archive.database, NOON)
    await claim(archive, make_article("https://one.example/a", seed=1))
    assert await keep_window(archive.database, NOON + timedelta(days=29)) == 0
    assert await keep_window(archive.database, NOON + timedelta(days=40)) > 0
    assert (await claim(archive, make_article("https://two.example/b", seed=1, minutes=60))).verdict == "copy"

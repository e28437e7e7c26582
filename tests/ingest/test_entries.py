"""Which entries are taken: pure."""

from datetime import UTC, datetime, timedelta

from services.ingest.core.entries import (
    ListedEntry,
    Selection,
    identified,
    select_entries,
)
from services.ingest.core.seen_marks import SeenMark, day_number, mark_of
from services.ingest.core.topic_names import contradicts_topics, topic_names

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def entry(number: int = 1, **changes: object) -> ListedEntry:
    values = {
        "url": f"https://a.example/{number}",
        "title": f"Title {number}",
        "published": NOW - timedelta(hours=1),
    }
    return ListedEntry(**{**values, **changes})


def selected(*entries: ListedEntry, marks: dict[str, SeenMark] | None = None, **options: bool) -> Selection:
    return select_entries(identified(entries), marks or {}, now=NOW, window=timedelta(days=7), **options)


def marks_of(*entries: ListedEntry) -> dict[str, SeenMark]:
    """What is remembered after these entries were listed an hour ago for the first time."""
    return {
        article_id: mark_of(one.title, one.updated, day_number(NOW)).first_seen(NOW - timedelta(hours=1))
        for article_id, one in identified(entries).items()
    }


def test_same_article_under_ten_urls_is_one_entry() -> None:
    base = "https://a.example/news/talks"
    urls = [
        base, base + "/", base + "?utm_source=rss", base + "#comments", "http://a.example/news/talks", "https://www.a.example/news/talks",
        "https://m.a.example/news/talks", base + "?fbclid=1", "https://a.example//news/talks", base + "/amp",
    ]  # fmt: skip
    assert len(selected(*(entry(url=url) for url in urls)).taken) == 1


def test_entry_dated_tomorrow_is_taken_and_its_date_believed_by_nobody() -> None:
    [taken] = selected(entry(published=NOW + timedelta(days=1))).taken
    assert taken.hint().published is None


def test_feed_that_changes_every_guid_brings_nothing_twice() -> None:
    first = [entry(n, guid=f"a{n}") for n in range(20)]
    again = [entry(n, guid=f"b{n}") for n in range(20)]
    assert selected(*again, marks=marks_of(*first)).taken == ()


def test_new_title_or_new_stamp_is_a_change() -> None:
    old = entry(updated=NOW - timedelta(hours=2))
    assert [
        one.why for one in selected(entry(title="Else", updated=old.updated), marks=marks_of(old)).taken
    ] == ["feed entry changed"]
    assert len(selected(entry(updated=NOW - timedelta(hours=1)), marks=marks_of(old)).taken) == 1


def test_feed_that_stamps_everything_at_each_request_brings_nothing() -> None:
    before = [entry(n, updated=NOW - timedelta(minutes=10)) for n in range(20)]
    after = [entry(n, updated=NOW) for n in range(20)]
    selection = selected(*after, marks=marks_of(*before))
    assert selection.taken == ()
    assert selection.skipped["restamped"] == 20
    assert len(selection.renewed) == 20


def test_new_title_among_new_stamps_is_still_seen() -> None:
    before = [entry(n, updated=NOW - timedelta(minutes=10)) for n in range(20)]
    after = [entry(n, updated=NOW, title="Changed" if n == 3 else f"Title {n}") for n in range(20)]
    assert [one.entry.title for one in selected(*after, marks=marks_of(*before)).taken] == ["Changed"]


def test_entries_come_out_oldest_first() -> None:
    entries = [entry(n, published=NOW - timedelta(hours=n)) for n in range(1, 5)]
    assert [one.entry.title for one in selected(*entries).taken] == [
        "Title 4",
        "Title 3",
        "Title 2",
        "Title 1",
    ]


def test_undated_entries_of_a_sitemap_are_left() -> None:
    undated = entry(published=None)
    assert len(selected(undated).taken) == 1
    assert selected(undated, must_be_dated=True).skipped == {"undated": 1}


def test_mark_survives_its_way_through_redis() -> None:
    for mark in (mark_of("A title", NOW, 5), mark_of(None, None), SeenMark(("a", "b"), 3, 4)):
        assert SeenMark.of_text(mark.text()) == mark


def polled_by_turns(lists: list[ListedEntry], rounds: int = 6) -> list[str]:
    """Why an entry was taken as two lists of one source show it by turns, each in its own way."""
    marks: dict[str, SeenMark] = {}
    why = []
    for number in range(rounds):
        selection = selected(lists[number % len(lists)], marks=marks)
        marks |= {one.article_id: one.mark for one in selection.taken} | dict(selection.renewed)
        why += [one.why for one in selection.taken]
    return why


def test_entry_in_a_feed_and_a_sitemap_is_taken_once() -> None:
    in_feed, in_sitemap = entry(), entry(title=None, published=None, updated=NOW - timedelta(hours=5))
    assert polled_by_turns([in_feed, in_sitemap]) == ["feed entry"]


def test_entry_that_two_lists_word_differently_is_taken_twice_at_most() -> None:
    assert polled_by_turns([entry(), entry(title="Title 1 - Our Paper")]) == [
        "feed entry",
        "feed entry changed",
    ]


def test_entry_whose_lists_stamp_it_differently_comes_to_rest() -> None:
    one, other = entry(updated=NOW - timedelta(hours=3)), entry(updated=NOW - timedelta(hours=2))
    assert polled_by_turns([one, other]) == ["feed entry", "feed entry changed"]


def test_title_learnt_from_another_list_shows_its_change_later() -> None:
    sitemap, feed = entry(title=None, updated=NOW - timedelta(hours=5)), entry()
    assert polled_by_turns([sitemap, feed, entry(title="Else")], rounds=3) == [
        "feed entry",
        "feed entry changed",
    ]


def test_stamp_that_appears_after_the_first_look_is_a_change() -> None:
    assert len(selected(entry(updated=NOW), marks=marks_of(entry())).taken) == 1


TOPIC = topic_names("talks", ["belarus*", "лукашенк*", "us envoy"], {})
LONG = "The city opened a new bridge over the river on Friday after two years of work, and the mayor thanked all the builders."


def test_entry_that_names_the_topic_in_any_inflection_is_taken() -> None:
    assert not contradicts_topics("Встреча у Лукашенко", LONG, [TOPIC])
    assert not contradicts_topics("The US  envoy returns", LONG, [TOPIC])
    assert not contradicts_topics("Belarusian potash", LONG, [TOPIC])


def test_entry_that_says_enough_and_nothing_of_the_topic_contradicts_it() -> None:
    assert contradicts_topics("A bridge opens", LONG, [TOPIC])


def test_short_or_missing_summary_contradicts_nothing() -> None:
    assert not contradicts_topics("A bridge opens", "At last.", [TOPIC])
    assert not contradicts_topics("A bridge opens", None, [TOPIC])
    assert not contradicts_topics("A bridge opens", LONG, [])


def test_mark_of_an_entry_still_listed_is_written_anew_in_time() -> None:
    today = day_number(NOW)
    [(article_id, mark)] = marks_of(entry()).items()
    young, old = (
        SeenMark(mark.titles, mark.updated, today - 3),
        SeenMark(mark.titles, mark.updated, today - 20),
    )
    assert selected(entry(), marks={article_id: young}).renewed == {}
    assert selected(entry(), marks={article_id: old}).renewed[article_id].day == today

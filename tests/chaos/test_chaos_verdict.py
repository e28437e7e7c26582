"""The verdict of a chaos run can fail: a run that lost or doubled something is never called clean."""

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bench.chaos import words
from bench.chaos.follower import Follower
from bench.chaos.logbook import read_logs
from bench.chaos.plan import POISONS, Page, paragraphs_of, plan_pages, revision_of
from bench.chaos.verdict import judge, judge_letters
from services.contracts.events import (
    ARTICLE_PUBLISHED,
    ARTICLE_REVISED,
    GROUP_CANONICAL_CHANGED,
    GROUP_COPY_SEEN,
    PublicEvent,
    article_event_id,
)
from services.contracts.identities import article_id_of, canonical_url
from services.contracts.messages import CleanArticle, StoryChange

PAGES = (Page(0, 0, 0.0), Page(1, 1, 1.0, copy_of=0), Page(2, 0, 2.0, changes_s=5.0))
URLS = {page.number: f"http://127.0.0.1:80{page.host}{page.path}" for page in PAGES}

Entries = list[dict[str, str]]


def article(number: int, revision: int = 1, text: str = "text") -> dict[str, str]:
    url = URLS[number]
    article_id = article_id_of(canonical_url(url))
    data = CleanArticle(
        article_id=article_id,
        canonical_id=article_id,
        revision=revision,
        url=url,
        canonical_url=url,
        outlet="p",
        text=text,
    )
    kind = ARTICLE_PUBLISHED if revision == 1 else ARTICLE_REVISED
    return entry(article_event_id(article_id, revision), kind, data.model_dump_json())


def entry(event_id: str, kind: str, data: str) -> dict[str, str]:
    event = PublicEvent(id=event_id, type=kind, subject="s", time=datetime(2026, 1, 1, tzinfo=UTC), data=data)
    return event.to_fields()


def copy_seen(number: int) -> dict[str, str]:
    change = StoryChange(article_id=article_id_of(canonical_url(URLS[number])), url=URLS[number])
    return entry(f"c{number}", GROUP_COPY_SEEN, change.model_dump_json())


def clean_run() -> tuple[Entries, Entries]:
    return [article(0), article(2), article(2, 2, revision_of(PAGES[2]))], [copy_seen(1)]


def test_run_as_it_should_be_is_clean() -> None:
    assert judge(PAGES, URLS, *clean_run()).is_clean


def test_copy_that_came_first_is_as_good() -> None:
    change = StoryChange(canonical_id=article_id_of(canonical_url(URLS[0])), previous_canonical_id="x")
    changes = [entry("c", GROUP_CANONICAL_CHANGED, change.model_dump_json())]
    cleaned = [article(1), article(2, 1, revision_of(PAGES[2]))]
    assert judge(PAGES, URLS, cleaned, changes).is_clean


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (lambda cleaned, changes: cleaned.pop(0), "late"),
        (lambda cleaned, changes: cleaned.pop(2), "late"),
        (lambda cleaned, changes: changes.clear(), "late"),
        (lambda cleaned, changes: cleaned.append(cleaned[0]), "doubled"),
        (lambda cleaned, changes: cleaned.append(article(1)), "doubled"),
        (lambda cleaned, changes: cleaned.append(article(0, 2)), "doubled"),
        (lambda cleaned, changes: changes.append({**copy_seen(1), "id": "other"}), "doubled"),
        (lambda cleaned, changes: cleaned.insert(1, cleaned.pop(2)), "wrong"),
        (lambda cleaned, changes: cleaned.append(stranger()), "wrong"),
    ],
    ids=[
        "lost article",
        "lost revision",
        "lost copy",
        "event twice",
        "copy published",
        "revision of nothing",
        "copy announced twice",
        "revision before its article",
        "article of nowhere",
    ],
)
def test_spoilt_run_is_not_clean(spoil: Callable[[Entries, Entries], Any], where: str) -> None:
    cleaned, changes = clean_run()
    spoil(cleaned, changes)
    verdict = judge(PAGES, URLS, cleaned, changes)
    assert getattr(verdict, where)


def stranger() -> dict[str, str]:
    fields = article(0)
    data = {**json.loads(fields["data"]), "url": "http://127.0.0.1:1/else"}
    return {**fields, "id": "stranger:1", "data": json.dumps(data)}


def test_poison_that_is_published_is_wrong() -> None:
    pages = (dataclasses.replace(PAGES[0], poison="raise"), *PAGES[1:])
    assert judge(pages, URLS, *clean_run()).wrong


def test_page_that_was_only_touched_has_one_event() -> None:
    pages = (PAGES[0], PAGES[1], dataclasses.replace(PAGES[2], changes_s=None, touched_s=5.0))
    assert judge(pages, URLS, *clean_run()).doubled


def test_dead_letters_are_exactly_the_poison_each_entry_once() -> None:
    pages = (dataclasses.replace(PAGES[0], poison="kill"), *PAGES[1:])
    right = [(URLS[0], "1-0"), ("unreadable 0", "2-0")]
    assert judge_letters(pages, URLS, 1, right).is_clean
    assert judge_letters(pages, URLS, 1, right[1:]).late
    assert judge_letters(pages, URLS, 2, right).late
    assert judge_letters(pages, URLS, 1, [*right, (URLS[2], "3-0")]).wrong
    assert judge_letters(pages, URLS, 1, [*right, (URLS[0], "1-0")]).doubled
    assert judge_letters(pages, URLS, 1, [*right, (URLS[0], "4-0")]).is_clean


def test_plan_is_the_same_for_the_same_seed_and_has_every_kind() -> None:
    pages = plan_pages(200, 6, 30.0, 1, poison_each=2)
    assert pages == plan_pages(200, 6, 30.0, 1, poison_each=2)
    assert pages != plan_pages(200, 6, 30.0, 2, poison_each=2)
    assert sum(page.copy_of is not None for page in pages) > 30
    assert sum(page.changes_s is not None for page in pages) > 15
    assert sum(page.touched_s is not None for page in pages) > 5
    assert sorted(page.poison for page in pages if page.poison) == sorted(POISONS * 2)


def test_plan_too_small_for_its_poison_says_so() -> None:
    with pytest.raises(ValueError, match="room for"):
        plan_pages(3, 1, 1.0, 1, poison_each=2)


def test_copy_has_its_originals_text_on_a_host_where_it_does_not_stand() -> None:
    pages = plan_pages(200, 5, 30.0, 3, poison_each=1)
    for page in pages:
        if page.copy_of is not None:
            original = pages[page.copy_of]
            assert (original.changes_s, original.poison, original.copy_of) == (None, None, None)
            assert paragraphs_of(page, changed=False) == paragraphs_of(original, changed=False)
            assert page.host not in {one.host for one in pages if one.root == page.root and one is not page}


def test_pages_of_different_roots_share_no_paragraph() -> None:
    texts = [set(words.paragraphs_of(root, 5)) for root in range(200)]
    assert sum(map(len, texts)) == len(set.union(*texts))


def test_warning_that_no_fault_explains_is_a_finding() -> None:
    line = {"level": "warning", "event": "delivery_interrupted"}
    assert read_logs([json.dumps(line), ""]).unexplained == {}
    assert "task_died" in read_logs([json.dumps({"level": "critical", "event": "task_died"})]).unexplained
    assert "not an event" in read_logs(["Traceback (most recent call last):"]).unexplained


def test_subscriber_that_missed_an_event_complains() -> None:
    follower = Follower(port=1)
    follower.seen["a:1"] = "7-0"
    assert follower.faults({"a:1": "7-0"}) == []
    assert follower.faults({"a:1": "7-0", "b:1": "8-0"}) == ["the subscriber never saw b:1"]


def test_subscriber_complains_of_an_event_that_came_back_under_another_id() -> None:
    follower = Follower(port=1)
    follower.seen["a:1"] = "7-0"
    assert follower.faults({"a:1": "9-0"}) == ["event a:1 was 7-0 and is 9-0 now"]

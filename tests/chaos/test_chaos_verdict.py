"""The verdict of a chaos run can fail: a run that lost or doubled something is never called clean."""

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bench.chaos.plan import Page, paragraphs_of, plan_pages, revision_of
from bench.chaos.verdict import judge
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


def test_plan_is_the_same_for_the_same_seed_and_has_every_kind() -> None:
    pages = plan_pages(100, 6, 30.0, 1)
    assert pages == plan_pages(100, 6, 30.0, 1)
    assert pages != plan_pages(100, 6, 30.0, 2)
    assert sum(page.copy_of is not None for page in pages) > 5
    assert sum(page.changes_s is not None for page in pages) > 5


def test_copy_has_its_originals_text_on_a_host_where_it_does_not_stand() -> None:
    pages = plan_pages(200, 5, 30.0, 3)
    for page in pages:
        if page.copy_of is not None:
            original = pages[page.copy_of]
            assert original.changes_s is None
            assert original.host != page.host
            assert paragraphs_of(page, changed=False) == paragraphs_of(original, changed=False)
            others = [one for one in pages if one.copy_of == page.copy_of and one is not page]
            assert page.host not in [one.host for one in others]


def test_pages_of_different_roots_share_no_paragraph() -> None:
    texts = [
        set(paragraphs_of(dataclasses.replace(page, copy_of=None), changed=False))
        for page in plan_pages(60, 4, 9.0, 1)
    ]
    assert sum(map(len, texts)) == len(set.union(*texts))

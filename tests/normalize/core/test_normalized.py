"""From an extraction to the message: canonical URLs, hints, rights, topics."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.contracts.messages import EntryHint, NormalizedArticle, RawArticle, Rights, Source
from services.normalize import Extraction, Rejection, extract
from services.normalize.core.metadata.rights import rights_of_headers, rights_of_metas, strictest
from services.normalize.core.normalized import normalized_article, own_canonical_url
from services.normalize.core.topics.topic import make_topic
from services.normalize.core.topics.topic_profile import read_topic_profile

TEXT = "\n".join(
    f"The ferry number {n} left an hour late on Monday because the crew had waited for a load of medicine."
    for n in range(6)
)
FERRIES = make_topic(
    read_topic_profile(
        'name = "ferries"\nthreshold = 1.0\n[groups.boat]\nterms = ["ferr*"]\n[[rules]]\nname = "boat"\nall = ["boat"]\n',
        "f.toml",
    )
)
TRAINS = make_topic(
    read_topic_profile(
        'name = "trains"\nthreshold = 1.0\n[groups.rail]\nterms = ["train*"]\n[[rules]]\nname = "rail"\nall = ["rail"]\n',
        "t.toml",
    )
)


def extraction() -> Extraction:
    found = extract(TEXT.encode(), "https://ledger.example/a", "text/plain")
    assert isinstance(found, Extraction)
    return found


def raw(**fields: object) -> RawArticle:
    return RawArticle.model_validate(
        {
            "fetch_id": "f1",
            "url": "https://ledger.example/a",
            "final_url": "https://www.ledger.example/a?utm_medium=x",
            "fetched_at": datetime(2026, 1, 5, tzinfo=UTC),
            "page_hash": "0" * 64,
        }
        | fields
    )


def normalized(topics: tuple = (), **fields: object) -> NormalizedArticle:
    found = normalized_article(raw(**fields), extraction(), topics)
    assert isinstance(found, NormalizedArticle), found
    return found


def test_feeds_word_is_the_last_evidence_for_title_and_date() -> None:
    minsk = timezone(timedelta(hours=3))
    hint = EntryHint(title=" Ferry  leaves late ", published=datetime(2026, 1, 5, 9, 30, tzinfo=minsk))
    found = normalized(hint=hint)
    assert found.title == "Ferry leaves late"
    assert found.published is not None
    assert (found.published.value, found.published.zone, found.published.evidence) == (
        "2026-01-05T09:30:00+03:00",
        "+03:00",
        "feed",
    )


def test_article_carries_what_the_store_needs_of_its_fetch() -> None:
    found = normalized()
    assert (found.fetch_id, found.page_hash, found.canonical_url) == (
        "f1",
        "0" * 64,
        "https://ledger.example/a",
    )
    assert found.engine
    assert len(found.ledger) == len(extraction().blocks)


def test_without_topics_everything_passes() -> None:
    assert normalized(()).topics == ()


def test_article_off_every_topic_is_rejected_with_the_best_score() -> None:
    found = normalized_article(raw(), extraction(), (TRAINS,))
    assert isinstance(found, Rejection)
    assert found.reason == "off topic"
    assert "trains scores 0" in found.detail


def test_article_keeps_only_the_topics_it_belongs_to() -> None:
    assert [match.topic for match in normalized((TRAINS, FERRIES)).topics] == ["ferries"]


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        (None, "https://ledger.example/a"),
        ("https://ledger.example/b?utm_source=x", "https://ledger.example/b"),
        ("https://news.ledger.example/b", "https://news.ledger.example/b"),
        ("https://ledger.example/", "https://ledger.example/a"),
        ("https://other.example/b", "https://ledger.example/a"),
        ("not a url", "https://ledger.example/a"),
        ("ftp://ledger.example/b", "https://ledger.example/a"),
    ],
)
def test_canonical_link_counts_only_at_its_own_site_and_only_for_a_page(
    link: str | None, canonical: str
) -> None:
    assert own_canonical_url("https://ledger.example/a", link) == canonical


def test_every_restriction_of_page_header_and_fetch_counts() -> None:
    page = rights_of_metas({"robots": "index, noarchive", "tdm-reservation": "1"})
    header = rights_of_headers({"X-Robots-Tag": "googlebot: noindex, noai"})
    found = strictest(Rights(licence="excerpt", tdm="0"), page, header)
    assert found == Rights(robots="noai,noarchive,noindex", tdm="1", noai=True, licence="excerpt")


def test_page_that_forbids_nothing_has_no_rights_noted() -> None:
    assert rights_of_metas({"robots": "index, follow, max-image-preview:large"}) == Rights()


def test_source_outlet_is_left_to_the_store() -> None:
    assert normalized(source=Source(name="s", outlet="The Ledger")).outlet is None

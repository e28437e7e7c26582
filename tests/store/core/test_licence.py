"""What of an article may be passed on."""

import pytest

from services.contracts.messages import CleanArticle, Credit, Image, Provenance, Rights, Source
from services.store.core.licence import EXCERPT_WORDS, as_licensed, excerpt_of, licence_of, licensed_text
from tests.store.builders import make_article, make_text

LONG = make_text(1, 300)


def make_clean(licence: str) -> CleanArticle:
    return CleanArticle(
        article_id="a",
        canonical_id="a",
        revision=1,
        url="https://one.example/a",
        canonical_url="https://one.example/a",
        outlet="One",
        title="A headline",
        standfirst=LONG.split("\n\n")[0],
        text=LONG,
        images=(Image(url="https://one.example/i.jpg", caption="Words of theirs", credit="Photographer"),),
        provenance=Provenance(
            agency="Reuters",
            credits=(Credit(name="Joe", role="editing"),),
            credit_line="(Editing by Joe)",
            dateline="MINSK, Dec 12 (Reuters) -",
            evidence="MINSK, Dec 12 (Reuters) -",
        ),
        rights=Rights(licence=licence),
    )


def test_full_licence_changes_nothing() -> None:
    assert as_licensed(make_clean("full")) == make_clean("full")


def test_excerpt_is_the_beginning_of_the_text_and_says_that_it_ends_early() -> None:
    shown = as_licensed(make_clean("excerpt"))
    assert len(shown.text.split()) == EXCERPT_WORDS
    assert shown.text.endswith("…")
    assert LONG.startswith(shown.text[:-1])
    assert len((shown.standfirst or "").split()) <= EXCERPT_WORDS
    assert [image.caption for image in shown.images] == [None]
    assert shown.provenance.credit_line == "(Editing by Joe)"


def test_headline_licence_leaves_the_headline_and_facts_about_the_article() -> None:
    shown = as_licensed(make_clean("headline"))
    assert (shown.title, shown.text, shown.standfirst, shown.images) == ("A headline", "", None, ())
    assert (shown.provenance.agency, shown.provenance.credits[0].name) == ("Reuters", "Joe")
    assert (shown.provenance.credit_line, shown.provenance.dateline, shown.provenance.evidence) == (None,) * 3


def test_short_text_is_its_own_excerpt() -> None:
    assert excerpt_of("Talks went on.\n\nThey ended.") == "Talks went on.\n\nThey ended."


@pytest.mark.parametrize("licence", ["full", "excerpt", "headline"])
def test_licensing_twice_gives_the_same(licence: str) -> None:
    once = as_licensed(make_clean(licence))
    assert as_licensed(once) == once


def test_text_without_white_space_is_no_way_round_the_excerpt() -> None:
    assert licensed_text("字" * 10_000, "headline") == ""


@pytest.mark.parametrize(
    ("page", "source", "holds"),
    [("full", "headline", "headline"), ("excerpt", "full", "excerpt"), ("full", None, "full")],
)
def test_stricter_of_page_and_source_holds(page: str, source: str | None, holds: str) -> None:
    message = make_article().model_copy(
        update={
            "rights": Rights(licence=page),
            "source": Source(name="S", outlet="S", licence=source) if source else None,
        }
    )
    assert licence_of(message) == holds

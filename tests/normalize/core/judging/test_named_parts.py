"""Captions, other articles, subheadings and repeats on self-written pages: what is the article's, and said once."""

import pytest

from services.normalize.core.judging.draft import Draft, first_draft
from services.normalize.core.judging.keep import JudgedBlock, judge_blocks
from services.normalize.core.judging.rules.captions import cut_captions
from services.normalize.core.judging.rules.other_articles import OTHERS, OTHERS_GROUPS, cut_other_articles
from services.normalize.core.judging.rules.repeats import MOST_COMPARED, begin_again, cut_repeats
from services.normalize.core.judging.scoring import score_page
from services.normalize.core.reading.page import Page, read_page
from services.normalize.core.words.containers import element_flags

SENTENCES = (
    "The envoy arrived in the capital on Friday morning, according to two officials who met him at the airport.",
    "Talks on the release of prisoners lasted four hours, and both sides called them useful, without giving details.",
    "A spokeswoman for the foreign ministry said that a second meeting, which had been planned for the spring, would follow.",
    "Human rights groups count more than a thousand prisoners, of whom forty are said to be ill and in need of care.",
)
CAPTION = (
    "The envoy leaves the ministry by its back door after four hours of talks, which officials called useful."
)
BODY = "".join(f"<p>{one}</p>" for one in SENTENCES)
HEAD = "<title>Envoy meets ministers in the capital</title><h1>Envoy meets ministers in the capital</h1>"


def page_of(body: str) -> Page:
    page = read_page(f"<html>{HEAD}<article>{body}</article></html>".encode(), "", "text/html")
    assert isinstance(page, Page)
    return page


def judged(body: str) -> dict[str, JudgedBlock]:
    return {one.block.text: one for one in judge_blocks(page_of(body))}


def all_kept(body: str) -> Draft:
    """A draft in which the model kept everything."""
    draft = first_draft(score_page(page_of(body)))
    for at in range(len(draft.kept)):
        draft.keep(at, "model")
    return draft


def kept_after(rule, body: str) -> list[str]:
    draft = all_kept(body)
    rule(draft)
    return [draft.scored.page.blocks[at].text for at in draft.kept_places()]


def test_a_caption_is_cut_by_its_element_or_by_its_name():
    for caption in (
        f"<figure><figcaption>{CAPTION}</figcaption></figure>",
        f"<figure><figcaption><p>{CAPTION}</p></figcaption></figure>",
        f"<div class='wp-caption-text'>{CAPTION}</div>",
        f"<div class=photoCaption><p>{CAPTION}</p></div>",
    ):
        kept = kept_after(cut_captions, BODY + caption)
        assert CAPTION not in kept, caption
        assert set(SENTENCES) <= set(kept)


def test_a_tables_caption_and_a_credit_offer_are_no_captions():
    table = f"<table><caption>{CAPTION}</caption><tr><td>1<td>2</table>"
    assert CAPTION in kept_after(cut_captions, BODY + table)
    assert CAPTION in kept_after(cut_captions, BODY + f"<p class=credit-card>{CAPTION}</p>")


def test_a_gallery_keeps_the_captions_that_are_its_text():
    gallery = "".join(f"<figure><figcaption>{one}</figcaption></figure>" for one in SENTENCES)
    assert set(SENTENCES) <= set(kept_after(cut_captions, gallery))


LISTED = "".join(
    f"<div class=wp-block-group><h2>Story number {n} of the day</h2><p class=wp-block-post-excerpt__excerpt>"
    f"Harvest number {n} has ended in the south, where farmers had waited for rain since the early spring.</p></div>"
    for n in range(6)
)


def test_posts_listed_below_the_article_are_cut_with_a_reason():
    found = judged(
        BODY + f"<div class='wp-block-query'><div class='wp-block-post-template'>{LISTED}</div></div>"
    )
    assert all(found[one].kept for one in SENTENCES)
    assert not any(one.kept for text, one in found.items() if text.startswith("Harvest"))


def test_a_page_that_is_nothing_but_listed_posts_keeps_them():
    kept = kept_after(cut_other_articles, f"<div class='wp-block-query'>{BODY}</div>")
    assert set(SENTENCES) <= set(kept)
    assert (
        kept_after(cut_other_articles, BODY + f"<div class='wp-block-query'>{LISTED}</div>")[-1]
        == SENTENCES[-1]
    )


@pytest.mark.parametrize(
    "name",
    ["is-layout-flow wp-block-query alignwide", "wp-block-post-template", "wp-block-latest-posts", "detail__recommend--wrapper",
     "RecommendedStories", "trending-now", "taboola-below", "outbrainWidget", "js-recirc", "most-read", "mostViewed", "related-articles",
     "relatedPosts", "related_stories"],
)  # fmt: skip
def test_names_of_other_articles_are_found_and_let_through_by_the_look(name):
    assert OTHERS.search(name)
    assert element_flags(name, "div") & OTHERS_GROUPS


@pytest.mark.parametrize(
    "name",
    ["wp-block-query-title", "my-wp-block-query", "wp-block-post-content", "wp-block-post-excerpt", "recommendations", "related", "popular"],
)  # fmt: skip
def test_other_names_are_left_to_the_model(name):
    assert not OTHERS.search(name)


def test_another_article_in_running_text_is_cut_below_this_one():
    other = "".join(f"<p>{one.replace('The', 'No').replace('talks', 'harvests')}</p>" for one in SENTENCES)
    body = f"<div class=story>{BODY}</div><div class='story__recommend'><h3>Harvest ends</h3>{other}</div>"
    assert kept_after(cut_other_articles, body)[1:] == list(SENTENCES)


def test_a_heading_that_is_a_link_is_kept_between_paragraphs_of_its_section():
    heading = "<h2><a href=/tool>The tool that officials praised</a></h2>"
    body = (
        "".join(f"<p>{one}</p>" for one in SENTENCES[:2])
        + heading
        + "".join(f"<p>{one}</p>" for one in SENTENCES[2:])
    )
    one = judged(f"<div class=article-body>{body}</div>")["The tool that officials praised"]
    assert (one.kept, one.reason, one.rule) == (True, "subheading", "subheadings")


def test_a_heading_over_related_articles_stays_cut():
    body = "".join(f"<p>{one}</p>" for one in SENTENCES[:2]) + "<h2><a href=/more>Related articles</a></h2>"
    assert not judged(body + "".join(f"<p>{one}</p>" for one in SENTENCES[2:]))["Related articles"].kept


def test_a_sentence_drawn_from_a_paragraph_is_said_once():
    quote = SENTENCES[1].removesuffix(", without giving details.")
    kept = kept_after(
        cut_repeats, f"<p>{SENTENCES[0]}</p><blockquote>{quote}</blockquote><p>{SENTENCES[1]}</p>"
    )
    assert kept[1:] == [SENTENCES[0], SENTENCES[1]]  # below the headline


def test_parts_give_way_to_the_whole_and_the_whole_to_a_larger_one():
    two, three = " ".join(SENTENCES[:2]), " ".join(SENTENCES[:3])
    assert kept_after(cut_repeats, f"<p>{SENTENCES[0]}</p><p>{two}</p><p>{three}</p>")[1:] == [three]


def test_equal_and_short_texts_stay():
    assert kept_after(cut_repeats, f"<p>{SENTENCES[0]}</p><p>{SENTENCES[0]}</p>").count(SENTENCES[0]) == 2
    assert "The envoy" in kept_after(cut_repeats, f"<p>The envoy</p><p>{SENTENCES[0]}</p>")


def test_a_text_begins_again_wherever_its_first_letters_stand():
    texts = [
        "the same beginning and one end",
        "something else that is long enough",
        "here is the same beginning again",
    ]
    assert begin_again(texts, 20) == [0]
    assert begin_again(["aaaaaaaaaaaaaaaaaaaaa", "short"], 20) == [0]


def test_a_page_of_too_many_texts_is_left_alone():
    whole = " ".join(SENTENCES)
    body = f"<p>{SENTENCES[0]}</p>" + "".join(f"<p>{whole * 4} {n}</p>" for n in range(250))
    assert 250 * 250 * 4 * len(whole) > MOST_COMPARED
    assert SENTENCES[0] in kept_after(cut_repeats, body)

"""Keep or cut on self-written pages: one page for each rule, and the ledger's promise."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.index_page import refuse_index
from services.normalize.core.judging.keep import JudgedBlock, judge_blocks
from services.normalize.core.reading.page import Page, read_page

SENTENCES = (
    "The envoy arrived in the capital on Friday morning, according to two officials who met him at the airport.",
    "Talks on the release of prisoners lasted four hours, and both sides called them useful, without giving details.",
    "A spokeswoman for the foreign ministry said that a second meeting, which had been planned for the spring, would follow.",
    "Human rights groups count more than a thousand prisoners, of whom forty are said to be ill and in need of care.",
    "In return, the airline may again buy spare parts, as the treasury confirmed in a short note on its website.",
)
BODY = "".join(f"<p>{one}</p>" for one in SENTENCES)
HEAD = "<title>Envoy meets ministers in the capital</title><meta property='og:type' content='article'>"
HEADLINE = "<h1>Envoy meets ministers in the capital</h1>"


def judged(html: str) -> tuple[JudgedBlock, ...]:
    page = read_page(html.encode(), "https://outlet.example/a", "text/html")
    assert isinstance(page, Page)
    return judge_blocks(page)


def article(inside: str, after: str = "") -> str:
    return f"<html><head>{HEAD}</head><body><nav><ul><li><a href=/>Home</a></li><li><a href=/w>World</a></li></ul></nav><main><article>{HEADLINE}<div class='article-body'>{inside}</div></article>{after}</main><footer><p>Imprint</p></footer></body></html>"


def kept_texts(html: str) -> list[str]:
    return [one.block.text for one in judged(html) if one.kept]


def reason_of(html: str, start: str) -> tuple[bool, str, str]:
    one = next(one for one in judged(html) if one.block.text.startswith(start))
    return one.kept, one.reason, one.rule


def test_the_body_is_kept_and_menu_headline_and_footer_are_cut():
    assert kept_texts(article(BODY)) == list(SENTENCES)
    assert reason_of(article(BODY), "Envoy meets")[1] == "headline"
    assert reason_of(article(BODY), "Home")[1] == "navigation"


def test_an_appeal_between_the_paragraphs_is_cut():
    html = article(
        BODY
        + "<p>Our journalism needs your support. Please subscribe today.</p>"
        + BODY.replace("Friday", "Monday")
    )
    assert reason_of(html, "Our journalism") == (False, "appeal", "notices")


def test_a_pointer_to_another_article_is_cut():
    html = article(
        BODY
        + "<p>Читайте также: В столице открыли новый мост через реку</p>"
        + BODY.replace("Friday", "Monday")
    )
    assert not reason_of(html, "Читайте также")[0]


def test_comments_are_cut_however_long_they_are():
    comments = "".join(f"<div class='comment'><p>{one}</p></div>" for one in SENTENCES)
    html = article(BODY, f"<div class='comments' id='comments'>{comments.replace('The', 'Their')}</div>")
    assert kept_texts(html) == list(SENTENCES)


def test_a_body_inside_a_wrapper_named_for_comments_is_kept():
    html = f"<html><head>{HEAD}</head><body><div class='comments'>{HEADLINE}{BODY}</div></body></html>"
    assert len(kept_texts(html)) >= 4


def test_the_article_body_of_json_ld_is_taken_where_the_page_shows_none():
    text = " ".join(SENTENCES)
    script = f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Envoy meets","articleBody":"{text}"}}</script>'
    html = f"<html><head>{HEAD}{script}</head><body>{HEADLINE}<p>Subscribe to read on.</p></body></html>"
    found = judged(html)
    assert [one.rule for one in found if one.kept] == ["article_body"]
    assert next(one.block.text for one in found if one.kept) == text


def test_an_empty_page_has_an_empty_ledger():
    assert judged("<html><body></body></html>") == ()


def test_a_front_page_is_no_article():
    box = "<div class='box{n}'><h3><a href=/{n}>Headline number {n} of the day</a></h3><p>A short teaser of some words, number {n}.</p></div>"
    html = (
        "<html><head><title>News</title></head><body>"
        + "".join(box.format(n=n) for n in range(14))
        + "</body></html>"
    )
    page = read_page(html.encode(), "https://outlet.example/", "text/html")
    assert isinstance(page, Page)
    found = judge_blocks(page)
    refused = refuse_index(page, found)
    assert refused is not None or not any(one.kept and (one.score or 0) > 0 for one in found)


def test_an_article_is_no_front_page():
    page = read_page(article(BODY).encode(), "", "text/html")
    assert isinstance(page, Page)
    assert refuse_index(page, judge_blocks(page)) is None


DUMP = "\n\n".join(["Home", "World", "Envoy meets ministers in the capital", *SENTENCES])


def text_kept(dump: str) -> list[str]:
    page = read_page(dump.encode(), "", "text/plain")
    assert isinstance(page, Page)
    return [one.block.text for one in judge_blocks(page) if one.kept]


def test_lines_of_a_dump_are_judged_by_the_same_engine():
    assert text_kept(DUMP) == list(SENTENCES)


def test_lone_paragraphs_below_related_articles_are_cut_from_a_dump():
    other = (
        "An unrelated article tells in one long paragraph of a harvest, of prices on the market, and of a fair. "
        * 5
    )
    assert text_kept(DUMP + f"\n\nRelated Articles\n\nOutlet\n2 days ago\nHarvest ends\n{other}") == list(
        SENTENCES
    )


def test_a_headline_said_twice_is_no_paragraph():
    headline = "Envoy meets ministers in the capital"
    assert headline not in text_kept(f"{headline}\n\nBy A Reporter\n{headline}\n\n" + "\n\n".join(SENTENCES))


def test_a_note_on_an_ai_image_is_cut_from_a_dump():
    note = "This image is AI-generated and does not depict any real event or place."
    lines = [*SENTENCES[:2], note, *SENTENCES[2:]]
    assert note not in text_kept("\n\n".join(lines))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>a b c.</p>",
                "<div class=comment>x</div>",
                "text <br><br>",
                "<h2>H</h2>",
                "<li><a href=x>l</a>",
                BODY,
            ]
        ),
        max_size=12,
    )
)
def test_kept_and_cut_are_the_whole_text(parts):
    page = read_page(("<html><body>" + "".join(parts)).encode(), "", "text/html")
    if isinstance(page, Page):
        found = judge_blocks(page)
        assert [one.block for one in found[: len(page.blocks)]] == list(page.blocks)
        assert all(one.reason for one in found)


OTHERS = "".join(
    f"<div class='related'><p>Valley Gazette</p><h3>{headline}</h3><p>{headline}, and the whole valley talks of it: the council met twice, the mayor promised an answer, and a retired teacher wrote a song about it that was sung at the market on Saturday.</p></div>"
    for headline in ("Bees outlive a mild winter", "Orchestra sells its bus", "Old pier breaks in the storm")
)


def test_other_articles_below_a_related_heading_are_cut():
    body = BODY + BODY.replace("Friday", "Monday")
    html = article(
        f"{body}<h3>Hashtags</h3><h3>Comments</h3><p>No comments yet...</p><h2>Related Articles</h2>{OTHERS}"
    )
    assert kept_texts(html) == kept_texts(article(body))


def test_an_article_goes_on_below_a_related_heading_in_its_middle():
    more = BODY.replace("Friday", "Monday")
    html = article(f"{BODY}<h3>Related Articles</h3><ul><li><a href=/1>Old pier breaks</a></li></ul>{more}")
    assert kept_texts(html) == kept_texts(article(BODY + more))

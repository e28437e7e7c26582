"""Pages of our own, from bytes to fields: what the head declares, what the page shows, and which of them wins."""

import pytest

from services.contracts.messages import ArticleDate, Author, Image
from services.normalize import Extraction, Rejection, extract

PARAGRAPHS = (
    "The ferry to the northern islands left an hour late on Monday because the crew had waited for a load of medicine.",
    "Harbour master Olga Reet said that the winter timetable would hold, and that nobody had been left on the pier.",
    "The company has run the line since 1953 and has been late on eleven days this year, its own record shows.",
    "A second boat will join in May, when the school at Lower Bay opens and eighty pupils need a way across.",
)
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def page(
    head: str = "",
    above: str = "<h1>Ferry leaves an hour late</h1>",
    body: str = BODY,
    below: str = "",
    lang: str = "en",
) -> bytes:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body>'
        '<nav><a href="/">Home</a> <a href="/news">News</a> <a href="/sport">Sport</a></nav>'
        f"<main><article>{above}<div class='story-body'>{body}</div></article></main>{below}"
        "<footer><p>About us Contact Terms</p></footer></body></html>"
    ).encode()


def article(
    source: bytes, url: str = "https://ledger.example/ferry", content_type: str | None = "text/html"
) -> Extraction:
    found = extract(source, url, content_type)
    assert isinstance(found, Extraction), found
    return found


def json_ld(fields: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {fields}}}</script>'


def test_heading_that_readers_see_wins_over_the_search_title() -> None:
    head = '<title>Ferry late: everything to know | The Ledger</title><meta property="og:title" content="Ferry late: everything to know">'
    assert article(page(head)).title == "Ferry leaves an hour late"


def test_site_name_is_no_part_of_the_title() -> None:
    head = '<title>Ferry leaves late - The Ledger</title><meta property="og:site_name" content="The Ledger">'
    assert article(page(head, above="")).title == "Ferry leaves late"


def test_heading_of_a_section_is_not_the_title() -> None:
    head = '<title>Ferry leaves late</title><meta property="og:title" content="Ferry leaves late">'
    assert article(page(head, above="<h1>Transport</h1>")).title == "Ferry leaves late"


def test_dates_come_from_json_ld_before_meta_before_the_url() -> None:
    meta = '<meta property="article:published_time" content="2024-03-02T10:00:00+02:00">'
    ld = json_ld(
        '"headline": "x", "datePublished": "2024-03-01T08:15:00+02:00", "dateModified": "2024-03-01T09:00:00+02:00"'
    )
    url = "https://ledger.example/2024/03/03/ferry"
    both, one, none = article(page(ld + meta), url), article(page(meta), url), article(page(), url)
    assert both.published == ArticleDate(
        value="2024-03-01T08:15:00+02:00", precision="second", zone="+02:00", evidence="json-ld datePublished"
    )
    assert both.modified is not None and both.modified.value == "2024-03-01T09:00:00+02:00"
    assert one.published is not None and one.published.evidence == "meta article:published_time"
    assert none.published == ArticleDate(value="2024-03-03", precision="day", evidence="url")


def test_date_under_the_headline_is_the_last_evidence() -> None:
    above = "<h1>Паром вышел с опозданием</h1><p class='meta'>Опубликовано: 12 декабря 2025, 14:05 | Обновлено: 13 декабря 2025</p>"
    found = article(page(above=above, lang="ru"))
    assert found.published is not None and found.published.value == "2025-12-12T14:05:00"
    assert found.modified is not None and found.modified.value == "2025-12-13"
    assert found.published.evidence == "byline text"


def test_date_inside_the_story_is_not_the_articles_date() -> None:
    body = (
        BODY
        + "<p>The line was founded on 4 March 1953 by two brothers who had one boat and a loan from the parish.</p>"
    )
    assert article(page(body=body)).published is None


def test_byline_names_more_than_the_head() -> None:
    head = json_ld('"headline": "x", "author": {"@type": "Person", "name": "Nora Field"}')
    above = "<h1>Ferry leaves an hour late</h1><p class='byline'>By Nora Field and Jan de Vries</p>"
    found = article(page(head, above=above))
    assert found.authors == (Author(name="Nora Field"), Author(name="Jan de Vries"))
    assert "Nora Field" not in found.text


def test_outlet_is_an_author_only_where_nobody_else_is() -> None:
    desk = json_ld('"headline": "x", "author": {"name": "Ledger Staff"}')
    assert article(page(desk)).authors == (Author(name="Ledger Staff", role="desk"),)


def test_who_took_the_pictures_is_no_author() -> None:
    head = json_ld('"headline": "x", "author": [{"name": "Nora Field"}, {"name": "Bo Ek"}]')
    above = "<h1>Ferry leaves an hour late</h1><p>By Nora Field</p><p>Photography by Bo Ek</p>"
    assert [author.name for author in article(page(head, above=above)).authors] == ["Nora Field"]


def test_dateline_and_credit_line_become_fields_and_stay_in_the_ledger() -> None:
    first = f"<p>HARBOUR, Dec 12 (Reuters) - {PARAGRAPHS[0]}</p>"
    last = "<p>(Reporting by Ann Lee, editing by Bo Ek)</p>"
    found = article(page(body=first + BODY[len(f"<p>{PARAGRAPHS[0]}</p>") :] + last))
    assert found.text.split("\n\n") == list(PARAGRAPHS)
    assert found.provenance.dateline == "HARBOUR, Dec 12 (Reuters)"
    assert found.provenance.agency == "Reuters"
    assert [(one.name, one.role) for one in found.provenance.credits] == [
        ("Ann Lee", "reporting"),
        ("Bo Ek", "editing"),
    ]
    shown = [block.text for block in found.blocks]
    assert any(text.startswith("HARBOUR, Dec 12 (Reuters)") for text in shown)
    assert "(Reporting by Ann Lee, editing by Bo Ek)" in shown


def test_machine_made_picture_and_paywall_are_labels() -> None:
    head = json_ld('"headline": "x", "isAccessibleForFree": "False"')
    notice = "<p>This image was generated with artificial intelligence and shows no real place.</p>"
    found = article(page(head, body=notice + BODY))
    assert found.labels == ("ai_image", "paywalled")
    assert "artificial intelligence" not in found.text


def test_report_about_machines_is_not_labelled() -> None:
    story = "<p>The council said on Friday that 40 of its letters had been generated by AI, and that it was sorry for each of them.</p>"
    found = article(page(body=BODY + story))
    assert found.labels == ()
    assert "generated by AI" in found.text


def test_pictures_have_absolute_urls_captions_and_credits() -> None:
    figure = '<figure><img data-src="/img/ferry.jpg"><figcaption>The ferry at dawn. Photo: Bo Ek</figcaption></figure>'
    found = article(page(body=figure + BODY))
    assert found.images == (
        Image(
            url="https://ledger.example/img/ferry.jpg",
            caption="The ferry at dawn. Photo: Bo Ek",
            credit="Bo Ek",
        ),
    )


def test_section_outlet_language_and_canonical_link_are_read() -> None:
    head = (
        '<link rel="canonical" href="/ferry"><meta property="og:site_name" content="The Ledger">'
        '<meta property="article:section" content="Islands">'
    )
    found = article(page(head), "https://ledger.example/ferry?from=home")
    assert (found.section, found.outlet, found.language) == ("Islands", "The Ledger", "en")
    assert found.canonical_url == "https://ledger.example/ferry"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "Паром на паўночныя астравы выйшаў у панядзелак на гадзіну пазней, бо каманда чакала груз лекаў.",
            "be",
        ),
        (
            "Паром на північні острови вийшов у понеділок на годину пізніше, бо команда чекала на вантаж ліків.",
            "uk",
        ),
        (
            "Паром на северные острова вышел в понедельник на час позже, потому что команда ждала груз лекарств.",
            "ru",
        ),
        (
            "Prom na północne wyspy wypłynął w poniedziałek godzinę później, bo załoga czekała na ładunek leków.",
            "pl",
        ),
        (
            "Keltas į šiaurines salas pirmadienį išplaukė valanda vėliau, nes įgula laukė vaistų siuntos uoste.",
            "lt",
        ),
    ],
)
def test_language_is_of_the_kept_text_not_of_the_pages_claim(text: str, language: str) -> None:
    assert article(page(body=f"<p>{text}</p>" * 4, above="<h1>X</h1>", lang="en")).language == language


def test_plain_text_gives_the_same_fields() -> None:
    lines = [
        "Home > Islands > Ferry leaves an hour late",
        "Ferry leaves an hour late",
        "By Nora Field",
        "Posted on December 12, 2025",
        "",
        *PARAGRAPHS,
        "",
        "Related Posts",
        "Baker wins a prize",
    ]
    found = article("\n".join(lines).encode(), "", "text/plain")
    assert found.title == "Ferry leaves an hour late"
    assert found.authors == (Author(name="Nora Field"),)
    assert found.published == ArticleDate(value="2025-12-12", precision="day", evidence="byline text")
    assert found.text.split("\n\n") == list(PARAGRAPHS)


def test_first_line_that_sums_up_is_a_standfirst_and_no_title() -> None:
    standfirst = "The winter timetable will hold although the northern line was late on eleven days this year, its harbour master has said"
    found = article("\n".join([standfirst, *PARAGRAPHS]).encode(), "", "text/plain")
    assert found.title is None
    assert found.standfirst == standfirst
    assert found.text.startswith(standfirst)


def test_menu_that_repeats_the_headline_does_not_hide_the_byline() -> None:
    menu = ["Ferry leaves an hour late", *(f"Item {n} of the menu" for n in range(30))]
    head = [
        "Ferry leaves an hour late",
        "The crew had waited for medicine",
        "Nora Field",
        "12 December 2025",
        "5 min read",
    ]
    found = article("\n".join([*menu, *head, *PARAGRAPHS]).encode(), "", "text/plain")
    assert found.title == "Ferry leaves an hour late"
    assert [author.name for author in found.authors] == ["Nora Field"]
    assert found.published is not None and found.published.value == "2025-12-12"


def test_name_and_date_that_a_dump_runs_together_are_parted() -> None:
    lines = ["Ferry leaves an hour late", "By Nora FieldDec 12, 2025 6:00 a.m. PT", *PARAGRAPHS]
    found = article("\n".join(lines).encode(), "", "text/plain")
    assert [author.name for author in found.authors] == ["Nora Field"]
    assert found.published is not None and found.published.value == "2025-12-12T06:00:00-08:00"


def test_page_that_dates_only_its_update_is_dated_by_it_and_says_so() -> None:
    above = "<h1>Ferry leaves an hour late</h1><p>Updated December 13, 2025 10:48 AM</p>"
    found = article(page(above=above))
    assert found.modified is not None and found.modified.value == "2025-12-13T10:48:00"
    assert found.published is not None and found.published.evidence == "byline text, of an update"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"", "not text"),
        (b"\x00" * 5000, "not text"),
        (b"%PDF-1.7 ...", "not text"),
        (b'{"a": 1}', "not text"),
        (b"<html><body><p>Hi</p></body></html>", "too short"),
        (
            b"<html><head><title>404 - page not found</title></head><body><h1>Not found</h1><p>Sorry.</p></body></html>",
            "soft 404",
        ),
        (
            b"<html><head><title>Just a moment...</title></head><body><p>Verify you are human by completing this.</p></body></html>",
            "block page",
        ),
    ],
)
def test_page_that_is_no_article_is_rejected_with_its_reason(source: bytes, reason: str) -> None:
    found = extract(source, "https://ledger.example/x", None)
    assert isinstance(found, Rejection)
    assert found.reason == reason
    assert found.detail


HOSTILE_HEADS = [
    json_ld('"author": ' + "[" * 500 + "]" * 500),
    json_ld(
        '"author": {"name": {"name": {"name": {"name": "x"}}}}, "datePublished": {"@value": [1]}, "image": [[[1]]]'
    ),
    json_ld(
        '"headline": 5, "author": 7, "publisher": [null], "datePublished": 20240101, "articleSection": {"a": 1}'
    ),
    '<script type="application/ld+json">[1, null, "x", {"@type": ["NewsArticle", 3], "headline": "h", "author": [[], {}]}]</script>',
    f'<meta name="author" content="{"By " * 5000}"><meta property="og:title" content="{"a - " * 5000}">',
    f'<meta property="article:published_time" content="{"9" * 5000}"><title>{"| " * 5000}</title>',
    '<link rel="canonical" href="http://[::1"><meta property="og:image" content="http://[bad"><base href="//">',
    f'<meta name="robots" content="{"noai," * 3000}">',
]


@pytest.mark.parametrize("head", HOSTILE_HEADS, ids=range(len(HOSTILE_HEADS)))
def test_hostile_head_costs_fields_never_the_article(head: str) -> None:
    found = extract(page(head), "https://ledger.example/ferry", "text/html")
    assert isinstance(found, Extraction), found
    assert found.text.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "url",
    ["", "http://[::1", "//", "x:y", "https://ledger.example/2025/13/40/x", "\x00", "https://" + "a." * 500],
)
def test_url_that_is_none_costs_nothing(url: str) -> None:
    assert isinstance(extract(page(), url, "text/html"), Extraction)


@pytest.mark.parametrize(
    "script",
    [
        '//<![CDATA[\n{"@type":"NewsArticle","headline":"Ferry","datePublished":"2025-12-12"}\n//]]>',
        '<!-- {"@type":"NewsArticle","headline":"Ferry","datePublished":"2025-12-12"} -->',
        '{"@type":"NewsArticle","headline":"Ferry","datePublished":"2025-12-12"};',
        '{"@type":"NewsArticle","headline":"Ferry","keywords":["a","b",],"datePublished":"2025-12-12",}',
    ],
)
def test_json_ld_in_its_usual_wrappings_is_read(script: str) -> None:
    found = article(page(f'<script type="application/ld+json; charset=utf-8">{script}</script>'))
    assert found.published == ArticleDate(
        value="2025-12-12", precision="day", evidence="json-ld datePublished"
    )


def test_author_and_publisher_named_by_reference_are_looked_up() -> None:
    graph = (
        '{"@graph": [{"@type": "Organization", "@id": "#ledger", "name": "The Ledger"}, {"@type": "NewsArticle", "headline": "Ferry", '
        '"author": [{"@id": "#anna"}, {"@id": "#gone"}], "publisher": {"@id": "#ledger"}}, {"@type": "Person", "@id": "#anna", "name": "Anna Lee"}]}'
    )
    found = article(page(f'<script type="application/ld+json">{graph}</script>'))
    assert found.authors == (Author(name="Anna Lee"),)
    assert found.outlet == "The Ledger"


@pytest.mark.parametrize("value", ['"1765537200"', "1765537200", "1765537200000"])
def test_date_in_seconds_is_utc(value: str) -> None:
    found = article(page(json_ld(f'"headline": "Ferry", "datePublished": {value}')))
    assert found.published == ArticleDate(
        value="2025-12-12T11:00:00+00:00", precision="second", zone="UTC", evidence="json-ld datePublished"
    )


@pytest.mark.parametrize(
    "value", ["9999-12-31T00:00:00Z", "0001-01-01", "1970-01-01T00:00:00Z", "99999999999999999999"]
)
def test_placeholder_is_no_date(value: str) -> None:
    assert article(page(f'<meta property="article:published_time" content="{value}">')).published is None


def test_references_that_go_in_circles_name_nobody() -> None:
    graph = '{"@graph": [{"@type": "NewsArticle", "@id": "#a", "headline": "Ferry", "author": {"@id": "#a"}}, {"@id": "#b", "author": {"@id": "#b"}}]}'
    assert article(page(f'<script type="application/ld+json">{graph}</script>')).authors == ()

"""One sign or word over and over, in every place that is read by expressions: no page of 100 kB may take seconds of CPU."""

import time
from collections.abc import Callable

import pytest

from services.normalize import Extraction, extract

LENGTH = 100_000
CPU_LIMIT_S = (
    2.0  # the worst takes a tenth of a second; an expression that tries itself at every place takes ten
)
SIZES = (
    60,
    90,
    150,
    240,
    480,
)  # up to which lines are looked at as dates, bylines, signatures, near lines, credit lines
PARAGRAPH = (
    "<p>The harbour master said that nobody had been left on the pier, and that the timetable would hold.</p>"
)
HEADLINE = "<h1>Ferry leaves an hour late</h1>"
STORY = HEADLINE + PARAGRAPH * 20

SEEDS = (
    "\n", " ", "\t", "a", "A", "Я", "1", ".", ", ", ",", "| ", "- ", "(", ")", "[", "]", "{", "«", "“", "'", "/", "//", "/*", "\\",
    "By A ", "by ", "A. ", "A.", "A/", "A-", "A’s ", "Z A (", "AI ", "ИИ создан ", "created ", "contributed ", "Reuters, ", "(AP) ",
    "AFP-", "12.12.2025 ", "20 ", "2025 ", "1 May ", "22 ноября ", "фото: ", "nuotr. ", "Photo: ", "Source: ", "по материалам ",
    "with inputs from A, ", "MINSK, ", "MINSK ", "/ТАСС", "The Times ", "according to The A", "told ", "Coale ", "us ", "http://a.",
    "\u00ad", "e\u0301", "\u200b", "<br>", "&shy;", "<!--", "-->", "<![CDATA[", "]]>", "\\u00",
)  # fmt: skip


def _in_json(text: str) -> str:
    return "".join(sign for sign in text if sign >= " " and sign not in '"\\')


PLACES: dict[str, Callable[[str], str]] = {
    "the first paragraph": lambda text: f"{HEADLINE}<p>{text}</p>{PARAGRAPH * 20}",
    "the last paragraph": lambda text: f"{STORY}<p>{text}</p>",
    "the byline": lambda text: f"{HEADLINE}<div class=byline>{text}</div>{PARAGRAPH * 20}",
    "a caption": lambda text: f"<article>{HEADLINE}<figure><img src=a.jpg><figcaption>{text}</figcaption></figure>{PARAGRAPH * 20}</article>",
    "the title": lambda text: f"<title>{text}</title>{STORY}",
    "the headline": lambda text: f"<h1>{text}</h1>{PARAGRAPH * 20}",
    "JSON-LD": lambda text: f'<script type="application/ld+json">{text}</script>{STORY}',
    "values of JSON-LD": lambda text: (
        '<script type="application/ld+json">{"@type":"NewsArticle"'
        + "".join(f',"{key}":"{_in_json(text)}"' for key in ("author", "headline", "datePublished", "articleSection"))
        + f"}}</script>{STORY}"
    ),
    "meta elements": lambda text: (
        "".join(
            f'<meta property="{name}" content="{text.replace(chr(34), "")}">'
            for name in ("author", "og:title", "article:published_time", "og:site_name", "article:section", "og:image")
        )
        + STORY
    ),
    "a time element": lambda text: f'<time datetime="{text}">x</time>{STORY}',
    "lines above": lambda text: HEADLINE + "".join(f"<p>{text[:size]}</p>" * 10 for size in SIZES) + PARAGRAPH * 20,
    "lines below": lambda text: STORY + "".join(f"<p>{text[:size]}</p>" * 10 for size in SIZES),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_repeated_sign_takes_no_seconds(place: str) -> None:
    for seed in SEEDS:
        page = PLACES[place]((seed * (LENGTH // len(seed) + 1))[:LENGTH]).encode()
        start = time.process_time()
        found = extract(page, "https://ledger.example/ferry", "text/html")
        took = time.process_time() - start
        assert took < CPU_LIMIT_S, (seed, took)
        assert isinstance(found, Extraction) or found.reason != "engine error", (seed, found)

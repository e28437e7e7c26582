"""Whatever the bytes, `extract` answers, and never with a fault of its own."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize import Extraction, Rejection, extract

PIECES = st.sampled_from(
    [
        "<h1>", "</h1>", "<p>", "</p>", "<div class='byline'>", "</div>", "<article>", "<time datetime='", "'>", "By ", "Von ",
        "<meta property='article:published_time' content='", "12.12.2025 19:00 IST", "31 лютага 2025", "2025-02-30T10:00+99:99",
        "99:99 99.99.2099", "٣ ٤ ٢٠٢٥ 12:٠٠", "²³.12.2025", "(Reuters) - ", "(Reporting by ", "A B, C D)", "<title>", " | ", " - ",
        '<script type="application/ld+json">{"@type":"NewsArticle","author":', "[", '{"name":', "null", '"x"', "]}", "</script>",
        "<link rel=canonical href='http://[", "<figure><img src='//[", "<a rel=author>", "&#x110000;", "\x00", "\u2028", "İ", "ß", "\ufeff",
        "This image is AI-generated. ", "According to The Good Paper, ", "Politico reported ", "Home > News > ", "\n", "\n\n",
        "The ferry left an hour late on Monday because the crew had waited for a load of medicine, the harbour said. ",
    ]
)  # fmt: skip
URLS = st.sampled_from(
    ["", "https://ledger.example/2025/13/40/x", "http://[::1", "x:y", "https://ledger.in/a"]
)


@settings(max_examples=300, deadline=None)
@given(
    pieces=st.lists(PIECES, max_size=60),
    url=URLS,
    content_type=st.sampled_from([None, "text/html", "text/plain", "x"]),
)
def test_page_of_broken_pieces_is_an_article_or_a_rejection(
    pieces: list[str], url: str, content_type: str | None
) -> None:
    check(extract("".join(pieces).encode("utf-8", "surrogatepass"), url, content_type))


@settings(max_examples=200, deadline=None)
@given(
    page=st.binary(max_size=4000),
    content_type=st.sampled_from([None, "text/html; charset=utf-16", "text/plain"]),
)
def test_any_bytes_are_an_article_or_a_rejection(page: bytes, content_type: str | None) -> None:
    check(extract(page, "https://ledger.example/x", content_type))


def check(found: Extraction | Rejection) -> None:
    if isinstance(found, Rejection):
        assert found.reason != "engine error", found.detail
        return
    assert found.text
    kept = sum(len(block.text) for block in found.blocks if block.kept)
    assert len(found.text) <= kept + 2 * len(found.blocks)
    found.as_dict()

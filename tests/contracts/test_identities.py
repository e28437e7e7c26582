"""Identities: one article, one URL, however it was linked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.identities import article_id_of, canonical_url


@pytest.mark.parametrize(
    ("linked", "canonical"),
    [
        ("http://www.Example.com:80/a/b/?utm_source=x&b=2&a=1#part", "https://example.com/a/b?a=1&b=2"),
        ("https://m.example.com/news/1", "https://example.com/news/1"),
        ("https://amp.example.com/news/1", "https://example.com/news/1"),
        ("https://example.com/amp/news/1", "https://example.com/news/1"),
        ("https://example.com/news/1/amp/", "https://example.com/news/1"),
        ("https://example.com/news/1.amp.html", "https://example.com/news/1.html"),
        ("https://example.com/news/1?outputType=amp", "https://example.com/news/1"),
        ("https://example.com//news///1", "https://example.com/news/1"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("https://example.com", "https://example.com/"),
        ("https://пример.бел/путь", "https://xn--e1afmkfd.xn--90ais/%D0%BF%D1%83%D1%82%D1%8C"),
        ("https://example.com/?id=7&fbclid=abc", "https://example.com/?id=7"),
        ("https://m.by/news", "https://m.by/news"),
    ],
)
def test_one_article_has_one_url(linked: str, canonical: str) -> None:
    assert canonical_url(linked) == canonical


@pytest.mark.parametrize(
    "text",
    ["", "javascript:alert(1)", "https:///path", "ftp://example.com/a", "http://[::1", "http://a:99999/"],
)
def test_what_is_no_web_url_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        canonical_url(text)


@given(st.text(max_size=60))
def test_a_canonical_url_is_its_own_canonical_url(path: str) -> None:
    try:
        once = canonical_url(f"https://www.example.com/{path}")
    except ValueError:
        return
    assert canonical_url(once) == once


def test_an_article_id_is_128_bits_of_hex() -> None:
    assert len(article_id_of("https://example.com/a")) == 32
    assert article_id_of("https://example.com/a") != article_id_of("https://example.com/b")

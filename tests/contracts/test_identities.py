"""Identities: one article, one URL, however it was linked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.identities import PLAIN, _spelled_out, article_id_of, canonical_url


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


HOSTS = ("www", "m", "mobile", "amp", "a", "paper", "xn--p1ai", "-a", "0", "9" * 63, "9" * 64)
SEGMENTS = (
    "",
    "amp",
    "a",
    "x.amp",
    "A",
    "b.html",
    "c.amp.html",
    "a..",
    "_",
    "x-",
    ".amp",
    "..",
    "1.amp.htm",
    "%2f",
    "é",
)


@settings(deadline=None)
@given(
    st.sampled_from(["http://", "https://", "HTTP://", "ftp://"]),
    st.lists(st.sampled_from(HOSTS), max_size=4),
    st.sampled_from(["com", "by", "news", "c1"]),
    st.lists(st.sampled_from(SEGMENTS), max_size=5),
)
def test_a_usual_url_is_spelled_as_the_url_library_spells_it(
    scheme: str, labels: list[str], top: str, path: list[str]
) -> None:
    url = scheme + ".".join([*labels, top]) + "".join(f"/{one}" for one in path)
    if PLAIN.fullmatch(url):
        assert canonical_url(url) == _spelled_out(url)


@pytest.mark.parametrize(
    "url",
    ["https://a.example/2026/01/05/ferry-leaves_late.html", "http://www.a.example/", "https://a.example"],
)
def test_most_urls_are_usual(url: str) -> None:
    assert PLAIN.fullmatch(url)


def test_an_article_id_is_128_bits_of_hex() -> None:
    assert len(article_id_of("https://example.com/a")) == 32
    assert article_id_of("https://example.com/a") != article_id_of("https://example.com/b")

"""Walls and error pages are told from short articles that only mention such things."""

import pytest

from services.normalize import Extraction, Rejection, extract

SHORT_NEWS = "The hotel gave room 404 back to its owner on Monday, and nobody knows why it had been locked for eleven years."


def page(title: str, *paragraphs: str) -> bytes:
    body = "".join(f"<p>{one}</p>" for one in paragraphs)
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>".encode()


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        (
            "Page not found",
            "The page that you asked for cannot be found on this site any more. Please go to our front page.",
            "soft 404",
        ),
        (
            "Страница не найдена",
            "Возможно, она была удалена или перемещена в другой раздел нашего сайта, начните с главной.",
            "soft 404",
        ),
        (
            "Error 404",
            "Something went wrong on our side while we were looking for what you had asked us to show you.",
            "soft 404",
        ),
        (
            "Attention required",
            "Please verify that you are a human by completing the captcha below before you go on reading.",
            "block page",
        ),
        (
            "Доступ ограничен",
            "Доступ ограничен владельцем сайта, обратитесь к нему, если считаете, что это произошло по ошибке.",
            "block page",
        ),
        (
            "Before you continue",
            "We and our 812 partners use cookies. Accept all cookies or manage your consent in the settings.",
            "consent wall",
        ),
    ],
)
def test_wall_or_error_page_is_named(title: str, text: str, reason: str) -> None:
    found = extract(page(title, text), "https://ledger.example/x", "text/html")
    assert isinstance(found, Rejection)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("title", "paragraphs"),
    [
        (
            "Room 404 is open again",
            [SHORT_NEWS, "The owner said that he would sleep in it himself before he lets it to anybody."],
        ),
        (
            "深圳警方春节期间严查烟花",
            [
                "深圳警方表示，春节期间将严查违法烟花爆竹，市民可以拨打热线电话举报。警方呼吁市民遵守规定，安全过节。"
                * 2
            ],
        ),
    ],
)
def test_short_article_that_mentions_a_number_or_has_no_blanks_is_one(
    title: str, paragraphs: list[str]
) -> None:
    assert isinstance(extract(page(title, *paragraphs), "https://ledger.example/x", "text/html"), Extraction)

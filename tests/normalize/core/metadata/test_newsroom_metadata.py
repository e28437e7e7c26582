"""Bylines, dates, captions and invisible signs as newsrooms in nine languages print them."""

import unicodedata

import pytest

from services.normalize.core.metadata.date_values import read_moment
from services.normalize.core.words.names import signed_name
from tests.normalize.core.newsroom_page import PARAGRAPHS, TITLES, newsroom_article

BYLINES = [
    ("en", "By RFE/RL’s Belarus Service", [("RFE/RL’s Belarus Service", "desk")]),
    ("ru", "Автор: Анна Ли. Фото: Пётр Орлов", [("Анна Ли", "author")]),
    ("ru", "Анна Ли, корреспондент | 22 ноября 2026, 14:05", [("Анна Ли", "reporter")]),
    ("be", "Тэкст: Ганна Лі, фота: Пётр Арлоў", [("Ганна Лі", "author")]),
    ("pl", "Oprac. Anna Lis", [("Anna Lis", "author")]),
    ("pl", "Autor: Anna Lis, zdjęcia: Piotr Orłowski", [("Anna Lis", "author")]),
    ("lt", "Ona Lytė, BNS", [("Ona Lytė", "author")]),
    ("es", "Texto: Ana López. Fotos: Juan Cruz", [("Ana López", "author")]),
]


@pytest.mark.parametrize(("language", "line", "authors"), BYLINES)
def test_byline_names_the_author_and_leaves_the_text(
    language: str, line: str, authors: list[tuple[str, str]]
) -> None:
    found = newsroom_article(language, above=f'<div class="article__author">{line}</div>')
    assert [(author.name, author.role) for author in found.authors] == authors
    assert found.text.startswith(PARAGRAPHS[language][0])


@pytest.mark.parametrize(
    ("language", "line", "name"),
    [
        ("ru", "Анна ЛИ, БЕЛТА", "Анна ЛИ"),
        ("be", "Ганна Лі, «Радыё Свабода»", "Ганна Лі"),
        ("pl", "Anna Lis (PAP)", "Anna Lis"),
    ],
)
def test_name_and_newsroom_as_the_first_paragraph_are_a_byline(language: str, line: str, name: str) -> None:
    found = newsroom_article(language, first=f"{line}</p><p>")
    assert [author.name for author in found.authors] == [name]
    assert found.text.startswith(PARAGRAPHS[language][0])


@pytest.mark.parametrize(
    "line", ["The envoy, Reuters", "Envoy leaves, BBC said", "Reuters, AP", "Anna Lee", "Minsk (AP) and more"]
)
def test_other_lines_with_a_newsroom_name_nobody(line: str) -> None:
    assert signed_name(line) is None


DATES = [
    ("en", "Nov. 22, 2026 / 2:05 p.m. ET", "2026-11-22T14:05:00-05:00"),
    ("en", "22nd of November 2026", "2026-11-22"),
    ("ru", "22.11.2026 / 14:05", "2026-11-22T14:05:00"),
    ("be", "22 ліс 2026, 14:05", "2026-11-22T14:05:00"),
    ("uk", "22 лис 2026 14:05", "2026-11-22T14:05:00"),
    ("pl", "Niedziela, 22 listopada 2026 (14:05)", "2026-11-22T14:05:00"),
    ("lt", "2026 lapkričio 22 d., 14.05 val.", "2026-11-22T14:05:00"),
    ("fr", "Publié le 1er novembre 2026 à 14 h 05", "2026-11-01T14:05:00"),
]


@pytest.mark.parametrize(("language", "line", "value"), DATES)
def test_date_line_is_read_to_the_minute_and_is_no_text(language: str, line: str, value: str) -> None:
    for found in (
        newsroom_article(language, above=f"<div class='meta'>{line}</div>"),
        newsroom_article(language, first=f"{line}</p><p>"),
    ):
        assert found.published is not None and found.published.value == value
        assert found.text.startswith(PARAGRAPHS[language][0])


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ru", "сегодня, 14:05"),
        ("ru", "22 ноября, 14:05"),
        ("be", "учора, 14:05"),
        ("pl", "wczoraj, 14:05"),
        ("de", "gestern um 14:05"),
        ("en", "22.11.26 14:05"),
    ],
)
def test_day_without_a_year_is_neither_a_date_nor_text(language: str, line: str) -> None:
    found = newsroom_article(language, first=f"{line}</p><p>")
    assert found.published is None
    assert found.text.startswith(PARAGRAPHS[language][0])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2026-11-22T14:05:00\u221203:00", "2026-11-22T14:05:00-03:00"),
        ("Sun, 22 Nov 2026 14:05:00 MSK", "2026-11-22T14:05:00+03:00"),
        ("Sun, 22 Nov 2026 14:05:00 +0300", "2026-11-22T14:05:00+03:00"),
    ],
)
def test_odd_spelling_of_an_offset_is_read(written: str, value: str) -> None:
    moment = read_moment(written)
    assert moment is not None and moment.value == value


CAPTIONS = [
    ("be", "Палац у Мінску. Фота: Радыё Свабода", "Радыё Свабода"),
    ("lt", "Rūmai Minske. O. Lytės nuotr.", "O. Lytės"),
    ("de", "Palast in Minsk. Foto: Anna Lee/dpa", "Anna Lee/dpa"),
    ("es", "El palacio en Minsk. Foto: EFE", "EFE"),
    ("en", "Anna Lee/AP", "Anna Lee/AP"),
    ("en", "The palace. (AP Photo/Anna Lee)", "AP Photo/Anna Lee"),
    ("en", "The palace. A. Lee/Getty Images", "A. Lee/Getty Images"),
    ("en", "The palace [Anna Lee/Reuters]", "Anna Lee/Reuters"),
    ("en", "The palace. REUTERS/Anna Lee", "REUTERS/Anna Lee"),
    ("en", "The palace as seen by Anna Lee.", None),
]


@pytest.mark.parametrize(("language", "caption", "credit"), CAPTIONS)
def test_credit_of_a_picture_is_told_with_and_without_a_word_for_it(
    language: str, caption: str, credit: str | None
) -> None:
    figure = f'<figure><img src="/a.jpg" alt=""><figcaption>{caption}</figcaption></figure>'
    [image] = newsroom_article(language, above=figure).images
    assert (image.caption, image.credit) == (caption, credit)


def test_signs_that_nobody_sees_are_no_text() -> None:
    first = PARAGRAPHS["pl"][0]
    hidden = first.replace("eg", "e\u00adg").replace("ga", "g\u200ba").replace("a ", "a\ufeff ", 1)
    found = newsroom_article("pl", middle=hidden.removesuffix("."))
    assert found.text.count(first.removesuffix(".")) == 2


def test_accents_as_signs_of_their_own_are_joined() -> None:
    apart = unicodedata.normalize("NFD", PARAGRAPHS["be"][1])
    assert apart != PARAGRAPHS["be"][1]
    found = newsroom_article("be", middle=apart.replace("канвой", "канвой ваенных"))
    assert unicodedata.is_normalized("NFC", found.text)
    assert TITLES["be"] == found.title


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("be", "Поўны тэкст даступны толькі падпісчыкам."),
        ("uk", "Повний текст доступний лише передплатникам. Оформіть передплату."),
        ("pl", "Pozostało 80% tekstu. Dalsza część artykułu dostępna dla prenumeratorów."),
        ("lt", "Visas straipsnis – tik prenumeratoriams. Prenumeruokite ir skaitykite."),
    ],
)
def test_note_on_a_closed_text_is_no_text(language: str, note: str) -> None:
    assert note not in newsroom_article(language, last=note).text

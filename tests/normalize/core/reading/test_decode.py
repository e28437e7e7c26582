"""From bytes to text: the order of evidence, and what is no text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.reading.by_language import encoding_by_language
from services.normalize.core.reading.decode import Decoded
from services.normalize.core.reading.decode import decode_page as decode
from services.normalize.core.reading.mending import MOST_MENDED
from services.normalize.core.rejections import Rejection


def decode_page(page: bytes, content_type: str | None) -> str | Rejection:
    found = decode(page, content_type)
    return found.text if isinstance(found, Decoded) else found


RUSSIAN = "Переговоры в Минске продолжились в пятницу, сообщили участники встречи. " * 5


def test_valid_utf8_wins_over_a_wrong_header():
    assert decode_page("Минск".encode(), "text/html; charset=iso-8859-1") == "Минск"


def test_the_header_wins_over_the_pages_own_declaration():
    page = b"<meta charset=iso-8859-1>" + "Минск".encode("cp1251")
    assert decode_page(page, "text/html; charset=windows-1251") == "<meta charset=iso-8859-1>Минск"


def test_the_declaration_is_read_where_the_header_is_silent():
    page = b"<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>" + "Минск".encode("koi8-r")
    assert str(decode_page(page, None)).endswith("Минск")


def test_a_declaration_that_does_not_fit_is_not_believed():
    page = b"<meta charset=shift_jis>" + RUSSIAN.encode("cp1251")
    assert "Переговоры" in str(decode_page(page, None))


def test_without_any_declaration_statistics_decide():
    assert "Переговоры" in str(decode_page(RUSSIAN.encode("cp1251"), None))


@pytest.mark.parametrize(
    ("text", "declared", "taken_for"),
    [
        ("两国外长周五在明斯克继续举行会谈。" * 9, "GBK", "iso8859-15"),
        ("両国の外相は金曜日に会談を続けた。" * 9, "shift_jis", "latin-1"),
        (RUSSIAN, "windows-1251", "latin-1"),
        ("Переговоры — «долгие» — идут. " * 9, "windows-1251", "cp1252"),
    ],
)
def test_a_page_that_was_encoded_twice_is_read_as_it_was_before(text, declared, taken_for):
    meant = f"<meta charset={declared}><p>{text}</p>"
    assert decode_page(meant.encode(declared).decode(taken_for).encode(), None) == meant


@pytest.mark.parametrize(
    "page",
    [
        "<meta charset=windows-1251><p>Die Gespräche über die Öffnung der Fähre dauern an, größere Städte hoffen.</p>",
        "<meta charset=iso-8859-1><p>Où est passé l'été ?</p>",
        "<meta charset=gb2312><p>会谈在明斯克继续举行。</p>",
        "<meta charset=no-such><p>Ìèíñê</p>",
        "<meta charset=gbk><p>plain</p>",
    ],
)
def test_utf8_that_declares_another_encoding_stays_as_it_is(page):
    assert decode_page(page.encode(), None) == page


@pytest.mark.parametrize(
    ("garbled", "meant"),
    [
        ("<p>They canâ\x80\x99t say â\x80\x9cwhenâ\x80\x9d.</p>", "<p>They can’t say “when”.</p>"),
        ("<p>If Iâ€™d known â€œthatâ€\x9d …</p>", "<p>If I’d known “that” …</p>"),
        (
            "<p>3.Â\xa0Cafés, CafÃ© and â\x82¬\xa05</p><i>\x80</i>",
            "<p>3.\xa0Cafés, Café and €\xa05</p><i>€</i>",
        ),
        ("<p>Germany\x92s doctors \x96 all \x93of them\x94</p>", "<p>Germany’s doctors – all “of them”</p>"),
        ("<p>ð\x9f\x98\x80</p>", "<p>😀</p>"),
    ],
)
def test_letters_that_were_bytes_are_read_as_what_they_were(garbled, meant):
    assert decode_page(garbled.encode(), None) == meant


@pytest.mark.parametrize(
    "page",
    [
        "<p>CafÃ© Â« â€™ without a control character</p>",
        "<p>\x81 has no meaning</p>",
        "<p>ÂÃâ alone \x8d</p>",
        "<p>Ã(\x90</p>",
    ],
)
def test_letters_that_were_no_bytes_stay(page):
    assert decode_page(page.encode(), None) == page


def test_a_page_of_nothing_but_such_letters_is_mended_only_so_far():
    found = decode_page("\x92".encode() * (MOST_MENDED + 7) + b"<p>", None)
    assert found == "’" * MOST_MENDED + "\x92" * 7 + "<p>"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
def test_a_byte_order_mark_decides(encoding):
    assert decode_page("<p>Łódź</p>".encode(encoding), "text/html; charset=latin1") == "<p>Łódź</p>"


@pytest.mark.parametrize("name", ["rot13", "hex", "idna", "undefined", "unicode_escape", "no-such", "zlib"])
def test_odd_encoding_names_raise_nothing(name):
    assert isinstance(decode_page(f"<meta charset={name}>".encode() + b"<p>\xff text</p>", None), str)


@pytest.mark.parametrize(
    ("page", "what"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"\xff\xd8\xff\xe0 JFIF", "JPEG"),
        (b'{"articles": [1, 2]}', "JSON"),
        (b"\x00" * 5000, "zeros"),
        (b"", "empty"),
        (bytes(range(32)) * 50, "control"),
    ],
)
def test_what_is_no_text_is_rejected_by_name(page, what):
    refused = decode_page(page, "text/html")
    assert isinstance(refused, Rejection)
    assert refused.reason == "not text"
    assert what in refused.detail


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.none() | st.text(max_size=40))
def test_any_bytes_give_text_that_can_be_encoded_or_a_rejection(page, content_type):
    found = decode_page(page, content_type)
    if isinstance(found, str):
        found.encode("utf-8")
        assert "\x00" not in found


def test_the_parser_gets_utf8_without_zeros():
    utf8, cyrillic, zeros = "Минск".encode(), RUSSIAN.encode("cp1251"), b"some text\x00 with a zero in it"
    sources = [decode(page, None) for page in (utf8, cyrillic, zeros)]
    assert [one.source for one in sources if isinstance(one, Decoded)] == [
        utf8,
        RUSSIAN.encode(),
        b"some text with a zero in it",
    ]


@pytest.mark.parametrize(
    ("language", "encoding", "text"),
    [
        ("pl", "iso8859-2", "Wysłannik opuścił pałac, a więźniowie pojechali ku granicy, źródło milczy."),
        ("pl", "cp1250", "Wysłannik opuścił pałac, a więźniowie pojechali ku granicy, źródło milczy."),
        ("lt", "cp1257", "Pasiuntinys po keturių valandų derybų paliko rūmus, šaltinis tyli, žmonės laukė."),
        (
            "lt",
            "iso8859-13",
            "Pasiuntinys po keturių valandų derybų paliko rūmus, šaltinis tyli, žmonės laukė.",
        ),
        (
            "de",
            "cp1252",
            "Gesandter verlässt Palast. Häftlinge saßen früher für Jahre, größer wäre übel, hieß es.",
        ),
    ],
)
@pytest.mark.parametrize("declared", ["", '<meta charset="utf-8">'])
def test_language_tells_one_byte_encodings_apart(
    language: str, encoding: str, text: str, declared: str
) -> None:
    page = f'<html lang="{language}"><head>{declared}</head><body><p>{text}</p></body></html>'
    found = decode(page.encode(encoding), None)
    assert isinstance(found, Decoded) and text in found.text


def test_few_letters_beyond_ascii_leave_the_encoding_to_statistics() -> None:
    page = '<html lang="pl"><body><p>Prom wyszedł w porę, nikt nie czekał.</p></body></html>'
    assert encoding_by_language(page.encode("iso8859-2"), 20_000) is None

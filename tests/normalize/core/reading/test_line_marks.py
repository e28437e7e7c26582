"""Marks of programs leave the text; what people wrote in brackets stays."""

from services.normalize.core.reading.line_marks import (
    without_link_numbers,
    without_link_targets,
    without_quote_marks,
)
from services.normalize.core.reading.plain_text import MAX_LINES, blocks_of_lines


def test_quoted_mail_loses_its_marks_however_often_it_was_sent_on() -> None:
    assert without_quote_marks(["> > The ferry left late.", "> >", "> > Nobody was on board."]) == [
        "The ferry left late.", "", "Nobody was on board.",
    ]  # fmt: skip


def test_quotation_with_a_line_above_it_loses_its_marks() -> None:
    lines = ["On Monday Olga Reet wrote:", *(f"> Line {n}" for n in range(5))]
    assert without_quote_marks(lines) == ["On Monday Olga Reet wrote:", *(f"Line {n}" for n in range(5))]


def test_single_quoted_line_in_a_text_keeps_its_mark() -> None:
    lines = ["The ferry left late.", "> sic", "Nobody was on board."]
    assert without_quote_marks(lines) == lines


def test_numbers_of_links_that_are_listed_leave_the_text() -> None:
    lines = ["* [1]Home", "The [2]ferry left late [sic] with [40]forty.", "References", "  1. https://ledger.example/", "  2. mailto:harbour"]  # fmt: skip
    assert without_link_numbers(lines)[:2] == ["* Home", "The ferry left late [sic] with [40]forty."]


def test_numbers_in_brackets_without_a_list_of_links_stay() -> None:
    lines = ["Reet said so [1]and others too [2].", "1. Olga Reet, The winter line, p. 12"]
    assert without_link_numbers(lines) == lines


def test_markdown_link_shows_its_text_and_no_address() -> None:
    text = 'The [winter\nferry](https://ledger.example/ferry_(boat)) and [![the pier](/pier.jpg)](#pier "Pier") [sic] f[1](x).'
    assert without_link_targets(text) == "The winter\nferry and the pier [sic] f[1](x)."


def test_endless_links_are_read_in_time() -> None:
    for text in (
        "[" * 300_000,
        "[a](http:" * 100_000,
        "[a](/b " * 100_000,
        '[a](/b "' * 100_000,
        "](" * 300_000,
    ):
        assert without_link_targets(text) == text


def test_text_of_marks_alone_gives_no_block_and_no_error() -> None:
    assert blocks_of_lines("> > >\n>\n> >")[1] == []


def test_endless_marks_are_taken_off_a_few_times_only() -> None:
    _, blocks = blocks_of_lines("\n".join(["> " * 250 + "late"] * MAX_LINES))
    assert blocks[0].text.startswith("> >") and blocks[0].text.endswith("late")

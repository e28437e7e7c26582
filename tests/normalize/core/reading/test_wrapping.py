"""Lines of one width become paragraphs again; lines that no width broke stay as they are."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.normalize.core.reading.plain_text import blocks_of_lines
from services.normalize.core.reading.wrapping import unwrapped

PARAGRAPHS = [
    "The ferry to the northern islands left an hour late on Monday because the crew had waited for a load of medicine, "
    "and for two nurses who had missed the train from the capital.",
    "Harbour master Olga Reet said that the winter timetable would hold, and that nobody had been left on the pier.",
    "The company has run the line since 1953 and has been late on eleven days this year, its own record shows.",
    "A second boat will join in May, when the school at Lower Bay opens and eighty pupils need a way across.",
]
MENU = ["Home", "News", "Harbour and ferry", "Weather on the islands"]
WORDS = st.lists(st.text("abcdefghij", min_size=1, max_size=12), min_size=40, max_size=80)


def wrapped(paragraphs: list[str], width: int, indent: str = "") -> list[str]:
    return [line for one in paragraphs for line in (*textwrap.wrap(one, width, initial_indent=indent, subsequent_indent=indent), "")]  # fmt: skip


@pytest.mark.parametrize("width", [60, 72, 80, 100])
@pytest.mark.parametrize("indent", ["", "   "])
def test_paragraphs_broken_at_a_width_are_whole_again(width: int, indent: str) -> None:
    lines = [*MENU, "", *wrapped(PARAGRAPHS, width, indent)]
    assert [line for line in unwrapped(lines) if line] == [*MENU, *PARAGRAPHS]


@given(st.lists(WORDS, min_size=1, max_size=5), st.integers(45, 150))
def test_any_words_broken_at_any_width_are_whole_again(paragraphs: list[list[str]], width: int) -> None:
    texts = [" ".join(words) for words in paragraphs]
    lines = wrapped(texts, width)
    shown = [line for line in unwrapped(lines) if line]
    assert (
        shown == texts or sum(map(bool, lines)) - len(texts) < 3
    )  # fewer breaks than a width takes to be seen


@given(st.lists(st.text(max_size=200), max_size=60))
def test_unwrapping_loses_no_letter_of_any_lines(lines: list[str]) -> None:
    assert "".join("".join(unwrapped(lines)).split()) == "".join("".join(lines).split())


def test_lines_that_no_width_broke_stay_as_they_are() -> None:
    lines = [
        *MENU,
        "",
        *PARAGRAPHS,
        "",
        "* Old crane gets a new roof",
        "  * Mayor opens the second pier",
        "Tuesday",
    ]
    assert unwrapped(lines) == lines


def test_list_of_headlines_is_not_joined() -> None:
    headlines = [
        f"{name} and the winter storm: {count} roads closed, the last bus is full"
        for count, name in enumerate(("Reet", "The harbour master", "Lower Bay", "Two nurses", "The mayor"))
    ]
    assert unwrapped(headlines) == headlines


def test_items_of_a_list_begin_anew_and_go_on_below_their_mark() -> None:
    items = [
        "* The first boat leaves at seven from the northern pier and carries the post and the bread",
        "* The second boat leaves at nine, unless the school is closed or the harbour master says no",
    ]
    lines = [
        line
        for item in items
        for line in textwrap.wrap(item, 50, initial_indent="  ", subsequent_indent="    ")
    ]
    assert unwrapped(lines) == items


def test_heading_above_a_paragraph_stays_a_line_of_its_own() -> None:
    lines = ["Late again", *textwrap.wrap(PARAGRAPHS[0], 50)]
    assert unwrapped(lines) == ["Late again", PARAGRAPHS[0]]


def test_word_broken_at_its_hyphen_is_one_word_again() -> None:
    text = (
        "The well-known harbour-master said that the long-awaited winter-timetable would hold for all ferry-lines. "
        * 4
    )
    assert unwrapped(textwrap.wrap(text.strip(), 47)) == [text.strip()]


def test_chinese_lines_are_joined_without_a_blank() -> None:
    text = "開往北方島嶼的渡輪星期一晚了一個小時才離開港口因為船員一直在等待一批藥品和兩名護士" * 6
    for letters in (36, 72):  # 72 columns of letters that take two, and a browser that counts each as one
        lines = [text[at : at + letters] for at in range(0, len(text), letters)]
        assert unwrapped(lines) == [text]


def test_korean_lines_are_joined_with_a_blank() -> None:
    text = " ".join(["북쪽 섬으로 가는 배는 월요일에 한 시간 늦게 항구를 떠났다고 항만청이 밝혔다"] * 6)
    words, lines = text.split(), [""]
    for word in words:
        lines = (
            [*lines, word]
            if len(lines[-1]) + len(word) > 35
            else [*lines[:-1], f"{lines[-1]} {word}".strip()]
        )
    assert unwrapped(lines) == [text]


def test_address_longer_than_the_width_hides_no_width() -> None:
    addresses = [f"  {n}. https://ledger.example/{'harbour/' * 20}{n}" for n in range(1, 6)]
    found = unwrapped([*wrapped(PARAGRAPHS, 72), *addresses])
    assert [line for line in found if line] == [*PARAGRAPHS, *addresses]


def test_blank_lines_and_indentation_are_those_of_the_first_part() -> None:
    _, blocks = blocks_of_lines("\n".join(["Home", "", "", *wrapped(PARAGRAPHS, 60, "   ")]))
    assert [(block.blank_lines, block.indent) for block in blocks] == [(0, 0), (2, 0), (1, 0), (1, 0), (1, 0)]

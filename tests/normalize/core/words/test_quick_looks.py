"""Quick looks that spare an expensive expression: whatever the expression finds, the look must let through."""

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.body import BARE_DATE, _is_date_line
from services.normalize.core.judging.ledger import _in_thousandths
from services.normalize.core.line_looks import DATE, LONGEST_BARE_DATE, look_of
from services.normalize.core.metadata import language
from services.normalize.core.metadata.byline import DATED, PARTS, READING_TIME, _parts
from services.normalize.core.metadata.language import detect_language
from services.normalize.core.metadata.title import SEPARATOR, _separators
from services.normalize.core.provenance.cites import BEFORE, CUES
from services.normalize.core.reading.json_ld import _parsed
from services.normalize.core.words.date_text import PATTERNS, _possible_forms, has_year
from services.normalize.core.words.name_words import (
    BETWEEN,
    DESK,
    GLUED_DATE,
    PREFIX,
    STOP,
    TITLE_WORD,
    says_by,
)
from services.normalize.core.words.names import _listed, unglued
from services.normalize.core.words.plain_words import INVISIBLE, WORD, plain

BYLINES = (
    "By Anna Lee", "by: Anna Lee", "BySaima Sidik", "VON Anna Lee", "Words by Anna Lee", "Guest post by Anna Lee", "— by Anna Lee",
    "Автор: Анна Ли", "АУТОР", "Аўтар: Ганна Лі", "Текст: Анна Ли", "Тэкст: Ганна Лі", "Tekst: Anna Lis", "Parengė Ona Lytė",
    "Опубликовано", "Подготовила Анна Ли", "Opracowanie: Anna Lis", "Autoren: Anna Lee", "Author(s): Anna Lee", "Door Anna Lee",
    "Av Anna Lee", "Penulis: Anna Lee", "Review by Anna Lee", "_by Anna", "b", "", "Bystanders said", "Text of the law",
)  # fmt: skip
SOURCES = (
    "according to", "as first reported by", "as cited in", "an interview with", "his report to", "the article by", "her story in",
    "told", "speaking to", "was quoted by", "published in", "citing", "wrote for", "по данным", "по информации", "пишет", "сообщает",
    "сообщила", "передаёт", "передает", "в интервью", "со ссылкой на", "паводле", "піша", "паведаміла", "са спасылкай на", "за даними",
    "пише", "повідомляє", "повідомив", "з посиланням на", "jak podało", "podaje", "według", "poinformowała", "jak pisze",
    "w rozmowie z", "praneša", "pranešė", "skelbia", "anot", "rašo", "pasak", "laut", "berichtet", "gegenüber", "selon", "según",
)  # fmt: skip
BARE_DATES = (
    "12/12/2025", "Published: 12.12.2025 19:05", "2 hours ago", "an hour ago", "One day ago", "Yesterday", "Updated today", "last month",
    "Вчера", "сегодня", "Учора", "Сёння", "Вчора", "Сьогодні", "3 часа назад", "5 хвілін таму", "2 dni temu", "wczoraj", "Dzisiaj", "dziś",
    "prieš 3 valandas", "Vakar", "Šiandien", "vor 3 Stunden", "gestern", "Heute", "(heute)", "Today.",
)  # fmt: skip


@pytest.mark.parametrize("line", BYLINES)
def test_first_two_letters_let_every_byline_through(line: str) -> None:
    assert says_by(line) == (PREFIX.match(line) is not None)


@pytest.mark.parametrize("words", SOURCES)
def test_every_way_to_name_a_source_holds_a_cue(words: str) -> None:
    before = f"And then, {words.upper()} the "
    assert BEFORE.search(before)
    assert any(cue in before.lower() for cue in CUES)


@pytest.mark.parametrize("line", BARE_DATES)
def test_bare_date_is_a_date_line_with_and_without_figures(line: str) -> None:
    assert _is_date_line(line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025", True), ("in 1999.", True), ("12025", False), ("20251", False), ("120 25", False), ("3219 4", False),
        ("x2025y", True), ("1920x1080", True), ("19", False), ("", False), ("٣2025", False),
    ],
)  # fmt: skip
def test_year_stands_alone_among_figures(text: str, expected: bool) -> None:
    assert has_year(text) is expected


@pytest.mark.parametrize(
    "source",
    [
        '{"a": 1, "a": 2}', '{"a": "line\nbreak"}', '{"a": NaN}', "\ufeff{}", '{"a": "\\ud800"}', '{"a": 1.5e3, "b": [null, true]}',
        "[" * 300 + "]" * 300, '{"a": 123456789012345678901234567890}', '{"a": "\\u0000"}', "nothing", "", '{"a": 1}; ', "12",
    ],
)  # fmt: skip
def test_strict_reading_of_json_gives_what_the_lenient_one_gives(source: str) -> None:
    try:
        expected = json.loads(source, strict=False)
    except (ValueError, RecursionError):
        return
    found = _parsed(source)
    assert repr(found) == repr(expected) or "\\u" in source


@pytest.mark.parametrize(
    "text",
    [
        "Trump’s  envoy — in Minsk!", "plain ASCII, with_underscore 42", "“Quoted” … and\u00a0on", "İstanbul’da", "Straße – FUẞBALL",
        "ﬁnal ﬂight", "e\u0301te\u0301’\u0301", "so\u00adft hy\u200bphen", "\x1c\x85\u2028", "ÅNGSTRÖM’S", "’", "", "Ⅷ ½ ²", "ЁЛКА’я", "K’k",
    ],
)  # fmt: skip
def test_folding_by_table_is_the_folding_of_the_whole_alphabet(text: str) -> None:
    composed = unicodedata.normalize("NFKC", text)
    assert plain(text) == " ".join(WORD.findall(INVISIBLE.sub("", composed).casefold()))


@given(st.text(max_size=60))
def test_any_text_is_folded_alike_by_both_ways(text: str) -> None:
    composed = unicodedata.normalize("NFKC", text)
    assert plain(text) == " ".join(WORD.findall(INVISIBLE.sub("", composed).casefold()))


def test_script_of_most_letters_decides_only_where_it_is_not_latin() -> None:
    assert detect_language("Ο καιρός σήμερα είναι καλός και ο ήλιος λάμπει") == "el"
    mixed = "Reuters Bloomberg Politico said ο καιρός σήμερα είναι καλός και ο ήλιος λάμπει σε όλη τη χώρα"
    assert detect_language(mixed) == "el"


@given(
    st.lists(
        st.none() | st.floats(-60, 60) | st.integers(-60_000, 60_000).map(lambda n: n / 2_000), max_size=40
    )
)
def test_scores_are_rounded_as_python_rounds(scores: list[float | None]) -> None:
    expected = [round(score, 3) if score is not None else None for score in scores]
    assert repr(_in_thousandths(scores)) == repr(expected)


@settings(deadline=None)
@given(
    st.sampled_from(BARE_DATES), st.text(" .,:;…»”\"'()|-–—_*1aё\n", max_size=4), st.text(" .(«_", max_size=2)
)
def test_no_bare_date_is_overlooked(line: str, end: str, start: str) -> None:
    whole = start + line + end
    if len(whole) <= LONGEST_BARE_DATE and BARE_DATE.fullmatch(whole):
        assert look_of(whole) & DATE


DATES = (
    "2025-12-12", "2025/12/12T19:05:00Z", "2025 12 01", "2025年12月12日", "2025년 1월 2일", "2025 m. gruodžio 12 d., 19:05",
    "2025-ųjų gruodžio 12", "12 снежня 2025 года, 19:05", "12 December 2025 at 7:05 p.m. IST", "12 de mayo de 2025", "12-Dec-2025",
    "Dec. 12, 2025", "December 12th 2025, 19h05", "12.12.2025 19:05 (МСК)", "12/12/2025", "1-2-2025", "ſept 12, 2025", "İ 12 dec 2025",
    "1925", "2025", "19:05", "in 2025.", "(2025)",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(DATES), st.text(" ,.-|T12090дabc", max_size=5)), max_size=4).map(
        " ".join
    )
)
def test_only_forms_without_a_date_are_passed_over(text: str) -> None:
    hits = [pattern.anywhere.search(text) for pattern in PATTERNS]
    assert {form for form, hit in enumerate(hits) if hit} <= set(_possible_forms(text))
    found = [pattern.search(text) for pattern in PATTERNS]
    assert [hit and hit.regs for hit in found] == [hit and hit.regs for hit in hits]


CASELESS = (STOP, DESK, TITLE_WORD, DATED, READING_TIME, BARE_DATE)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Anna",
                "DESK",
                "Senior Writer",
                "Dec. 5",
                "12 May",
                "5 MIN READ",
                "Published",
                "редакция",
                "\u017fenior",
                " ",
                "|",
                "(",
                "-",
                "@",
            ]
        )
    ).map("".join)
)
def test_what_tells_no_cases_apart_finds_the_same_in_lower_case(line: str) -> None:
    for one in CASELESS:
        hit, expected = one.search(line), one.anywhere.search(line)
        assert (hit and hit.regs) == (expected and expected.regs)
        assert (one.fullmatch(line) is None) == (one.anywhere.fullmatch(line) is None)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(["Anna", "Lee", "and", "AND", "i", "и", "_", "é", ",", "/", " ", "-", "&"])).map(
        "".join
    )
)
def test_no_list_of_names_is_taken_for_one_name(names: str) -> None:
    assert _listed(names) == BETWEEN.split(names)


@settings(max_examples=300, deadline=None)
@given(st.text("ab 1|-–:»_~/｜\n ", max_size=24))
def test_separators_of_titles_are_all_found(title: str) -> None:
    assert [one.regs for one in _separators(title)] == [one.regs for one in SEPARATOR.finditer(title)]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Anna",
                "Lee",
                "Dec",
                "5",
                " ",
                "|",
                "-",
                "–",
                "/",
                "by",
                "posted by",
                "Staff",
                "archive page",
                " ",
            ]
        )
    ).map("".join)
)
def test_no_part_of_a_byline_and_no_glued_date_is_overlooked(line: str) -> None:
    assert _parts(line) == PARTS.split(line) == PARTS.anywhere.split(line)
    assert unglued(line) == GLUED_DATE.sub(" | ", line)


@settings(deadline=None)
@given(st.text(st.characters(codec="ascii") | st.sampled_from("’‘“”—–…\u00a0éёІß"), max_size=80))
def test_words_split_in_bytes_are_the_runs_of_letters(text: str) -> None:
    assert language._words_of(text) == language.WORD.findall(text.lower())

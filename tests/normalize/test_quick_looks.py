"""Quick looks that spare an expensive expression: whatever the expression finds, the look must let through."""

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalize.core.body import BARE_DATE, _is_date_line, _may_be_bare_date
from services.normalize.core.judging.ledger import _in_thousandths
from services.normalize.core.metadata import language
from services.normalize.core.metadata.language import detect_language
from services.normalize.core.provenance.cites import BEFORE, CUES
from services.normalize.core.reading.json_ld import _parsed
from services.normalize.core.words.date_text import has_year
from services.normalize.core.words.name_words import PREFIX, says_by
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
    if BARE_DATE.fullmatch(start + line + end):
        assert _may_be_bare_date(start + line + end)


@settings(deadline=None)
@given(st.text(st.characters(codec="ascii") | st.sampled_from("’‘“”—–…\u00a0éёІß"), max_size=80))
def test_words_split_in_bytes_are_the_runs_of_letters(text: str) -> None:
    assert language._words_of(text) == language.WORD.findall(text.lower())

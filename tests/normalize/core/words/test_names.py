"""Names out of bylines."""

import pytest

from services.normalize.core.words.names import Strip, names_in_byline


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Nora Field", ["Nora Field"]),
        ("BySaima Ortega", ["Saima Ortega"]),
        ("By Nora Field and Jan de Vries, Reuters | 12 May 2024", ["Nora Field", "Jan de Vries"]),
        ("Von Jörg Soldan und Lea Wagner, Kiel 05.08.2024, 20:59 Uhr", ["Jörg Soldan", "Lea Wagner", "Kiel"]),
        ("Автор: Алена Пятрова", ["Алена Пятрова"]),
        ("Аўтар: Янка Мароз", ["Янка Мароз"]),
        ("Autor: Anna Kowalska, Jan Nowak", ["Anna Kowalska", "Jan Nowak"]),
        ("Rašo Jonas Jonaitis", ["Jonas Jonaitis"]),
        ("By: Carla Gomez, Jordi B. Lagar - @paper", ["Carla Gomez", "Jordi B. Lagar"]),
        ("Courtney CarrPublished: December 20, 2023", ["Courtney Carr"]),
        ("Will Mason Senior Writer", ["Will Mason"]),
        ("By far the best pies in town", []),
        ("By Friday it was over", []),
        ("Share this article", []),
        ("Paris Martin", ["Paris Martin"]),
        ("Average Joe", ["Average Joe"]),
    ],
)
def test_byline_gives_its_names_and_nothing_else(line: str, names: list[str]) -> None:
    assert [author.name for author in names_in_byline(line)] == names


def test_outlet_behind_a_name_is_cut_off() -> None:
    strip = Strip(frozenset({"the harbour telegram gazette"}), ("The Harbour Telegram & Gazette",))
    assert [one.name for one in names_in_byline("Sarah Lee Harbour Telegram & Gazette", strip)] == [
        "Sarah Lee"
    ]


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("Ledger News Desk", "desk"),
        ("By Reuters", "desk"),
        ("Will Mason Senior Writer", "writer"),
        ("By Nora Field", "author"),
    ],
)
def test_role_is_told_by_the_words_beside_the_name(line: str, role: str) -> None:
    assert names_in_byline(line)[0].role == role

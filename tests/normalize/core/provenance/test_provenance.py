"""Datelines, credit lines and cited outlets."""

import pytest

from services.contracts.messages import Author
from services.normalize.core.provenance.cites import read_cites
from services.normalize.core.provenance.credit_line import read_credit_line, split_credit_tail
from services.normalize.core.provenance.dateline import read_dateline
from services.normalize.core.provenance.provenance import read_provenance


@pytest.mark.parametrize(
    ("paragraph", "line", "agency"),
    [
        ("Dec 12 (Reuters) - Ships left.", "Dec 12 (Reuters)", "Reuters"),
        ("HARBOUR, Dec 12 (Reuters) - Ships left.", "HARBOUR, Dec 12 (Reuters)", "Reuters"),
        ("WASHINGTON (AP) — Ships left.", "WASHINGTON (AP)", "Associated Press"),
        ("Berlin (dpa) - Schiffe fuhren.", "Berlin (dpa)", "dpa"),
        ("Минск, 12 декабря. /ТАСС/. Корабли ушли.", "Минск, 12 декабря. /ТАСС/", "TASS"),
        ("12 декабря, Минск /Корр. БЕЛТА/. Корабли ушли.", "12 декабря, Минск /Корр. БЕЛТА/", "BelTA"),
        ("МИНСК, 12 дек - РИА Новости. Корабли ушли.", "МИНСК, 12 дек - РИА Новости", "RIA Novosti"),
        ("HARBOUR — Ships left.", "HARBOUR", None),
        ("Dec 12 (Norwire) - Ships left.", "Dec 12 (Norwire)", "Norwire"),
        ("HARBOUR (North Wire) - Ships left.", "HARBOUR (North Wire)", "North Wire"),
    ],
)
def test_dateline_is_taken_off_with_its_agency(paragraph: str, line: str, agency: str | None) -> None:
    found = read_dateline(paragraph)
    assert found is not None
    assert (found.line, found.agency) == (line, agency)
    assert paragraph[found.length :] in ("Ships left.", "Schiffe fuhren.", "Корабли ушли.")


@pytest.mark.parametrize(
    "paragraph",
    [
        "The mayor (Reuters has learned) spoke - at length - of ships.",
        "The mayor (pictured) - once a sailor - spoke of ships.",
        "Coale (John Coale) - the envoy - spoke of ships.",
        "Dec 12 (pictured) - a day to remember - began with ships.",
        "Ships — and there were many — left the harbour.",
    ],
)
def test_brackets_and_dashes_in_a_sentence_are_no_dateline(paragraph: str) -> None:
    assert read_dateline(paragraph) is None


@pytest.mark.parametrize(
    ("line", "credits"),
    [
        (
            "(Reporting by Ann Lee in Oslo and Bo Ek, writing by Cy Roe, editing by Di Poe)",
            [("Ann Lee", "reporting"), ("Bo Ek", "reporting"), ("Cy Roe", "writing"), ("Di Poe", "editing")],
        ),
        (
            "Additional reporting by Ann Lee; Editing by Bo Ek",
            [("Ann Lee", "reporting"), ("Bo Ek", "editing")],
        ),
        ("Подготовила Анна Петрова", [("Анна Петрова", "compiling")]),
        ("Перевод: Иван Мороз", [("Иван Мороз", "translation")]),
        ("Фота: Янка Мароз", []),
        ("oprac. Anna Kowalska", [("Anna Kowalska", "compiling")]),
    ],
)
def test_credit_line_names_people_and_what_they_did(line: str, credits: list[tuple[str, str]]) -> None:
    found = read_credit_line(line)
    assert [(credit.name, credit.role) for credit in (found.credits if found else ())] == credits


@pytest.mark.parametrize(
    "line",
    [
        "Reporting by the police was slow.",
        "Writing by hand is good for you.",
        "Editing by committee kills ideas",
    ],
)
def test_sentence_that_begins_like_a_credit_is_none(line: str) -> None:
    assert read_credit_line(line) is None


def test_credit_at_the_end_of_a_paragraph_is_parted_from_it() -> None:
    text, line = split_credit_tail("Ships left the harbour. (Reporting by Ann Lee; Editing by Bo Ek)")
    assert text == "Ships left the harbour."
    assert line is not None and len(line.credits) == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The deal was first reported by Politico on Sunday.", ["Politico"]),
        ("In an interview with Politico, the envoy spoke.", ["Politico"]),
        ("“It is over,” he told the Wall Street Journal.", ["The Wall Street Journal"]),
        ("According to The Good Neighbour, prices rose.", ["The Good Neighbour"]),
        ("Об этом сообщает Reuters со ссылкой на источник.", ["Reuters"]),
        ("Як піша «Наша Ніва», перамовы працягнуцца.", ["Nasha Niva"]),
        ("Jak podała PAP, rozmowy trwają.", ["PAP"]),
        ("According to The White House, prices rose.", []),
        ("According to officials in Minsk, prices rose.", []),
        ("It was the first Time that Bild and Axios stood on one shelf.", []),
    ],
)
def test_cite_is_an_outlet_named_as_a_source(text: str, names: list[str]) -> None:
    assert [cite.name for cite in read_cites(text, frozenset())] == names


def test_nobody_cites_oneself() -> None:
    assert read_cites("The minister told Reuters that it was over.", frozenset({"reuters"})) == []


def provenance(text: str, *lines: str, authors: tuple[Author, ...] = ()):
    credit_lines = [line for raw in lines if (line := read_credit_line(raw))]
    return read_provenance(
        text, outlet="The Ledger", authors=authors, dateline=None, credit_lines=credit_lines
    )


def test_inputs_from_agencies_make_a_rewrite() -> None:
    found = provenance("Ships left the harbour.", "(With inputs from agencies.)")
    assert (found.role, found.evidence, found.agency) == ("rewrite", "(With inputs from agencies.)", None)


def test_report_that_leans_on_another_outlet_is_a_report_on_a_report() -> None:
    found = provenance("Politico reported on Sunday that ships left. Politico said that they were many.")
    assert found.role == "report-on-report"
    assert found.evidence and "Politico" in found.evidence


def test_one_side_remark_does_not_make_a_report_on_a_report() -> None:
    assert (
        provenance("Ships left the harbour. " * 60 + "Politico reported that they were many.").role
        == "original"
    )


def test_agency_in_the_byline_is_the_agency() -> None:
    assert provenance("Ships left.", authors=(Author(name="AFP", role="desk"),)).agency == "AFP"

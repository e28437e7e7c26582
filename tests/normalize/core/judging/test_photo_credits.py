"""A dump's line that says whose picture it speaks of is a caption; a sentence that names an agency is not."""

import pytest

from services.normalize.core.judging.photo_credits import has_photo_credit


@pytest.mark.parametrize(
    "line",
    [
        "Cars wait for the ferry at Lower Bay on Monday, Dec. 8, 2025. (AP Photo/Anna Lee)",
        "The harbour master at the northern pier, pictured in May. Photo: Tom Hill",
        "Olga Reet (left) and the mayor open the winter line",
        "Die Fähre am Montag im Hafen von Lower Bay Foto: Anna Lee/dpa",
        "Паром у северного причала. Фото: Анна Ли",
        "Prom przy północnym molo (fot. Anna Lee)",
        "Keltas prie šiaurinio molo. / Anna Lee nuotr.",
        "FILE - The ferry leaves for the islands",
        "Le bac quitte le port, lundi. © Anna Lee",
    ],
)
def test_caption_with_its_credit_is_known(line: str) -> None:
    assert has_photo_credit(line)


@pytest.mark.parametrize(
    "line",
    [
        "The ferry left an hour late on Monday, the harbour master told Reuters.",
        "She took a photo of the pier and sent it to the paper.",
        "Der Fotograf stand auf der Mole, als die Fähre kam.",
        "Фотограф стоял на причале, когда пришёл паром.",
        "",
    ],
)
def test_sentence_that_speaks_of_pictures_or_agencies_is_none(line: str) -> None:
    assert not has_photo_credit(line)


def test_credit_in_the_middle_of_a_long_paragraph_makes_no_caption() -> None:
    assert not has_photo_credit("Photo: Anna Lee. " + "The crew waited for the load of medicine. " * 8)


def test_endless_line_is_looked_at_no_longer_than_a_caption() -> None:
    assert not has_photo_credit("(" * 1_000_000 + " photo")

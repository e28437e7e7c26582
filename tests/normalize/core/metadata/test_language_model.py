"""The language model in its small form beside the library's own, which is the judge of every answer."""

import tracemalloc
import unicodedata

import pytest
from py3langid import langid

from services.normalize.core.metadata.language import LANGUAGES, language_model
from services.normalize.core.metadata.language_model import LanguageModel
from services.normalize.extractor import Extractor

SENTENCES = (
    "The ferry to the northern islands left an hour late on Monday because the crew had waited for medicine.",
    "Паром на северные острова вышел в понедельник с опозданием на час, потому что команда ждала груз лекарств.",
    "Паром на паўночныя астравы выйшаў у панядзелак са спазненнем на гадзіну, бо каманда чакала груз лекаў.",
    "Prom na północne wyspy wypłynął w poniedziałek z godzinnym opóźnieniem, bo załoga czekała na ładunek leków.",
    "Keltas į šiaurines salas pirmadienį išplaukė valanda vėliau, nes įgula laukė vaistų krovinio.",
    "Ito ay isang maikling talata tungkol sa lantsa na nahuli ng isang oras.",
    "Parvaksi tunniks hilines laev, sest meeskond ootas ravimeid.",
    "Färjan till de norra öarna gick en timme för sent eftersom besättningen väntade på mediciner.",
    "الرحلة إلى الجزر الشمالية تأخرت ساعة",
    "北の島への船は薬を待って一時間遅れて出た",
)
ODD = ("", "?", "\x00", "xyzzy" * 40, "\ud800 broken", "ABC DEF GHI", "9 8 7", "ў" * 300, "e\u0301te\u0301")


@pytest.fixture(scope="module")
def library() -> langid.LanguageIdentifier:
    judge = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    judge.set_languages([one for one in LANGUAGES if one in set(judge.nb_classes)])
    return judge


def test_small_form_answers_as_the_library_does(library: langid.LanguageIdentifier) -> None:
    whole = [*SENTENCES, *(sentence.upper() for sentence in SENTENCES), " ".join(SENTENCES)]
    pieces = [text[at : at + 24] for text in whole for at in range(0, len(text), 7)]
    samples = [*whole, *pieces, *ODD, *(unicodedata.normalize("NFD", sentence) for sentence in SENTENCES)]
    assert [language_model().language_of(one) for one in samples] == [
        library.classify(one)[0] for one in samples
    ]


def test_model_is_held_in_a_fifth_of_what_the_library_holds() -> None:
    tracemalloc.start()
    try:
        model = LanguageModel(LANGUAGES)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert model.language_of(SENTENCES[0]) == "en"
    assert held < 20_000_000


async def test_extractor_has_the_model_read_before_a_page_asks_for_it() -> None:
    language_model.cache_clear()
    extractor = Extractor()
    await extractor.get_ready()
    await extractor.close()
    assert language_model.cache_info().currsize == 1

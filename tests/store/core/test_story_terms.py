"""Text to terms: stems, weights, languages, packing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.store.core.stories.background import background_rates
from services.store.core.stories.terms import (
    language_of,
    pack_terms,
    stems_of,
    term_hash,
    terms_of,
    topic_terms_of,
    unpack_terms,
)


def weight(word: str, title: str, text: str, language: str = "en") -> float:
    return terms_of(title, text, language).get(term_hash(stems_of(word, language)[0]), 0.0)


def test_headline_word_counts_three_lead_word_one_later_word_less() -> None:
    body = "Sanctions were discussed. " + "sheep " * 60 + "fertiliser"
    assert weight("envoy", "Envoy returns", body) == 3.0
    assert weight("sanctions", "Envoy returns", body) == 1.0
    assert weight("fertiliser", "Envoy returns", body) == pytest.approx(0.7)


def test_headline_repeated_as_the_first_sentence_counts_once() -> None:
    assert weight("envoy", "Envoy returns", "Envoy returns\n\nHe landed on Friday.") == 3.0


def test_inflected_forms_share_their_stem_in_each_language() -> None:
    assert stems_of("sanctions sanction", "en")[0] == stems_of("sanction", "en")[0]
    assert len(set(stems_of("заключённый заключенного заключенные", "ru"))) == 1
    assert len(set(stems_of("беларусь беларусі", "be"))) == 1


def test_possessives_thousands_and_stop_words_do_not_split_terms() -> None:
    assert stems_of("Minsk's 1,200 of the", "en") == ["minsk", "1200"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The envoy said that the talks are to go on in the spring, and that he is glad of it", "en"),
        ("Посланник сказал, что переговоры будут и весной, но он не знает, когда это будет", "ru"),
        ("Посланець сказав, що переговори будуть і навесні, але він ще не знає, коли це буде", "uk"),
        ("Пасланнік сказаў, што перамовы будуць і вясной, але ён яшчэ не ведае, калі гэта будзе", "be"),
        ("Wysłannik powiedział, że rozmowy są też na wiosnę, ale nie wie, kiedy to będzie", "pl"),
        ("Pasiuntinys sakė, kad derybos bus ir pavasarį, bet jis dar nežino, kada tai bus", "lt"),
        ("1 2 3", None),
        ("", None),
    ],
)
def test_language_is_told_by_its_function_words(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_topic_words_are_known_in_every_language() -> None:
    topic = topic_terms_of(["Belarus", "Лукашенко"])
    assert term_hash(stems_of("Лукашенко", "ru")[0]) in topic
    assert term_hash(stems_of("Belarus", "en")[0]) in topic


@given(st.text(max_size=500), st.text(max_size=2_000))
def test_terms_come_back_from_the_archive_as_they_were(title: str, text: str) -> None:
    terms = terms_of(title, text, None)
    assert unpack_terms(pack_terms(terms)) == pytest.approx({t: round(w, 1) for t, w in terms.items()})


def test_bytes_that_are_no_terms_are_refused() -> None:
    with pytest.raises(ValueError, match="six bytes"):
        unpack_terms(b"1234567")


def test_background_knows_common_words_from_rare_ones() -> None:
    rates = background_rates()
    common, rare = (rates.get(term_hash(stems_of(word, "en")[0]), 0.0) for word in ("people", "potash"))
    assert common > 0.1 > rare
    assert all(0 < rate <= 1 for rate in rates.values())


@pytest.mark.parametrize("sentences", [30, 3_000])
def test_limit_counts_words_of_long_texts_as_of_short_ones(sentences: int) -> None:
    sentence = "The ministers of 12 countries met in Vilnius. "
    once = stems_of(sentence, "en")
    assert len(once) < 8
    assert stems_of(sentence * sentences, "en", limit=8) == once
    assert stems_of(sentence * sentences, "en", limit=2) == stems_of("The ministers", "en")
    assert stems_of(sentence * sentences, "en") == once * sentences


def test_stems_of_a_text_that_was_asked_for_before_are_the_same() -> None:
    first = stems_of("Talks in Minsk", "en")
    first.clear()
    assert stems_of("Talks in Minsk", "en") == stems_of("talks in minsk", "en") != []

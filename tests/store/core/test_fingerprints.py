"""Fingerprints: exact hash, sketch, and what a text too short for either falls back on."""

import time

from hypothesis import given
from hypothesis import strategies as st
from members_builder import made_text

from services.store.core.fingerprint import LEAST_KEPT, MOST_KEPT, SHARED_HASHES, fingerprint_of
from services.store.core.words import words_of


def shared(one: str, other: str) -> int:
    return len(set(fingerprint_of("", one).sketch) & set(fingerprint_of("", other).sketch))


def test_quotes_dashes_case_and_width_leave_the_fingerprint_alone() -> None:
    plain = 'Don\'t say "so" - the 12 envoys of Orsha, ещё раз, fly on ' + made_text(1)
    dressed = "DON’T say «SO» — the １２ envoys of Orsha, еще раз, fly on " + made_text(1)
    assert fingerprint_of(None, plain) == fingerprint_of(None, dressed)


def test_one_other_word_changes_the_text_hash_and_few_of_the_sketch() -> None:
    text = made_text(1, words=400)
    edited = text.replace(text.split()[200], "elsewhere")
    assert fingerprint_of("", text).text_hash != fingerprint_of("", edited).text_hash
    assert shared(text, edited) > 0.7 * len(fingerprint_of("", text).sketch)


def test_truncated_copy_and_page_that_contains_it_share_hashes() -> None:
    text, other = made_text(1, words=500), made_text(2, words=900)
    assert shared(text, " ".join(text.split()[:150])) >= SHARED_HASHES
    assert shared(text, text + "\n\n" + other) >= SHARED_HASHES
    assert shared(text, other) == 0


def test_paywall_stub_has_no_text_hash_so_that_two_articles_with_it_do_not_collide() -> None:
    stub = "This article is for subscribers only. Sign in or subscribe to read on."
    one = fingerprint_of("Minister resigns over the budget of the army", stub)
    other = fingerprint_of("Storm cuts off three villages in the north", stub)
    assert one.text_hash is None and other.text_hash is None
    assert one.is_thin and not set(one.sketch) & set(other.sketch)


def test_thin_texts_with_the_same_long_headline_find_one_another() -> None:
    one = fingerprint_of("Minister resigns over the budget of the army", "Short.")
    other = fingerprint_of("Minister resigns over the Budget of the Army", "Other words.")
    assert len(set(one.sketch) & set(other.sketch)) >= SHARED_HASHES


def test_short_headline_of_a_thin_text_is_no_evidence() -> None:
    assert fingerprint_of("Morning briefing", "Short.").sketch == ()


def test_text_of_five_megabytes_is_held_to_a_bounded_sketch_in_seconds() -> None:
    text = made_text(3, words=900_000)
    began = time.process_time()
    fingerprint = fingerprint_of("Long", text)
    assert len(fingerprint.sketch) == MOST_KEPT
    assert time.process_time() - began < 30


@given(st.text(max_size=400), st.text(max_size=3_000))
def test_any_text_gives_sorted_hashes_that_fit_signed_64_bits(title: str, text: str) -> None:
    fingerprint = fingerprint_of(title, text)
    assert list(fingerprint.sketch) == sorted(set(fingerprint.sketch))
    assert all(0 <= name < 2**63 for name in fingerprint.sketch)
    assert (fingerprint.text_hash is None) == (len(words_of(text)) < 40)


def test_lone_surrogates_are_hashed_like_any_other_letter() -> None:
    assert fingerprint_of("\ud800", "a\udfffb " * 60).text_hash is not None


def test_short_texts_keep_enough_hashes_to_be_found() -> None:
    fingerprint = fingerprint_of("", made_text(4, words=60))
    assert LEAST_KEPT <= len(fingerprint.sketch) <= 60

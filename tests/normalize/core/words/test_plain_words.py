"""Text as a person would write it: signs that nobody sees leave it."""

import pytest

from services.normalize.core.words.plain_words import plain, tidy


@pytest.mark.parametrize("sign", ["\u00ad", "\u200b", "\u200e", "\u200f", "\u2060", "\ufeff"])
def test_a_sign_that_nobody_sees_stands_neither_in_a_title_nor_in_its_comparison(sign: str) -> None:
    assert tidy(f"Envoy ar{sign}rives{sign} in Minsk – {sign}again") == "Envoy arrives in Minsk – again"
    assert plain(f"Envoy ar{sign}rives") == plain("Envoy arrives")

"""A revision's difference, as lines that people read."""

import time

from services.console.archive.word_diff import diff_lines, marked_words


def test_words_that_changed_stand_marked_in_their_sentence():
    assert marked_words("a list of 21 people", "a list of 26 people") == "a list of [-21-]{+26+} people"


def test_words_that_were_replaced_together_are_marked_together():
    marked = marked_words("the envoy left by train on Monday", "the envoy came on foot on Monday")
    assert marked == "the envoy [-left by train-]{+came on foot+} on Monday"


def test_every_kind_of_change_has_its_mark():
    diff = {
        "headline": ["Talks begin", "Talks end"],
        "changed": [["Seven came.", "Eight came."]],
        "removed": ["They will meet again."],
        "added": ["They have met."],
        "numbers": [["7", "8"], ["21", "26"]],
        "notice": "correction",
    }
    assert list(diff_lines(diff)) == [
        "headline: Talks [-begin-]{+end+}",
        "~ [-Seven-]{+Eight+} came.",
        "- They will meet again.",
        "+ They have met.",
        "figures: 7 → 8, 21 → 26",
        "the article says: correction",
    ]


def test_what_a_licence_left_of_a_difference_is_shown_alone():
    assert list(diff_lines({"headline": None, "added": []})) == []


def test_a_paragraph_of_a_hundred_thousand_words_is_shown_as_removed_and_added_at_once():
    before, after = "word " * 100_000, "other " * 100_000
    began = time.process_time()
    assert list(diff_lines({"changed": [[before, after]]})) == [f"- {before}", f"+ {after}"]
    assert time.process_time() - began < 5.0

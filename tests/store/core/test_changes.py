"""What counts as a change, and how it reads."""

from members_builder import made_text, make_member

from services.store.core.changes import changes_between

FIRST = """An envoy flew to the capital on Tuesday to meet the president, officials said.

At least 25 people were hurt when a bus left the road near the border.

The two sides are to meet again in a month, according to the foreign ministry."""


def change(before: str, after: str, **kwargs: str):
    return changes_between(make_member(text=before), make_member(text=after, **kwargs))


def test_spacing_quotes_case_and_order_of_paragraphs_are_no_change() -> None:
    dressed = "\n".join(
        reversed(
            [p.strip() + "  " for p in FIRST.replace("officials said", "Officials “said”").split("\n\n")]
        )
    )
    assert not change(FIRST, dressed).is_material


def test_casualty_figure_that_changes_is_material_and_named() -> None:
    changes = change(FIRST, FIRST.replace("25 people", "27 people"))
    assert changes.is_material
    assert changes.numbers == (("25", "27"),)
    assert len(changes.changed) == 1 and not changes.added and not changes.removed


def test_decimal_point_is_a_change_of_figure() -> None:
    assert change(
        "It grew by 1.5 percent over the year.", "It grew by 15 percent over the year."
    ).numbers == (("1.5", "15"),)


def test_added_and_removed_paragraphs_are_given_as_printed() -> None:
    paragraphs = FIRST.split("\n\n")
    fresh = "Lithuania closed two crossings overnight, its border guards wrote."
    changes = change(FIRST, "\n\n".join([paragraphs[0], fresh, paragraphs[2]]))
    assert changes.added == (fresh,)
    assert changes.removed == (paragraphs[1],)


def test_changed_headline_is_material_even_if_the_text_stands() -> None:
    changes = change(FIRST, FIRST, title="Envoy leaves the capital without a word")
    assert changes.headline == (
        "Envoy flies to the capital for talks",
        "Envoy leaves the capital without a word",
    )
    assert changes.is_material


def test_correction_and_update_notices_are_noticed() -> None:
    assert (
        change(FIRST, FIRST + "\n\nCorrection: an earlier version misstated the day.").notice == "correction"
    )
    assert change(FIRST, "UPDATED 14:30\n\n" + FIRST).notice == "updated"
    assert change(FIRST, FIRST + "\n\nИсправлено: в первой версии назван не тот день.").notice == "correction"
    assert change(FIRST, FIRST, title="UPDATE 2 Envoy flies to the capital for talks").notice == "updated"


def test_word_updated_inside_a_report_is_no_notice() -> None:
    assert change(FIRST, FIRST + "\n\nThe ministry updated its list of goods.").notice is None


def test_notice_that_was_there_before_is_not_told_again() -> None:
    with_notice = FIRST + "\n\nCorrection: an earlier version misstated the day."
    assert change(with_notice, with_notice.replace("25", "26")).notice is None


def test_better_extraction_that_cuts_a_footer_is_not_news() -> None:
    footer = FIRST + "\n\nRead more: ten places to see in autumn"
    assert change(footer, FIRST).is_material
    assert not change(footer, FIRST, engine="2").is_material
    assert not change(FIRST, footer, template="t9").is_material


def test_newer_engine_that_splits_and_joins_paragraphs_is_not_news() -> None:
    joined = FIRST.replace("\n\n", " ")
    assert not change(FIRST, joined, engine="2").is_material
    assert not change(joined, FIRST, engine="2").is_material


def test_newer_engine_still_sees_the_figure_that_changed() -> None:
    changed = FIRST.replace("25 people", "27 people") + "\n\nRead more: ten places to see in autumn"
    changes = change(FIRST, changed, engine="2")
    assert changes.numbers == (("25", "27"),) and not changes.added


def test_newer_engine_that_cuts_the_outlet_off_the_headline_is_not_news() -> None:
    before = make_member(text=FIRST, title="Envoy flies to the capital for talks | One Example")
    assert changes_between(before, make_member(text=FIRST)).headline
    assert not changes_between(before, make_member(text=FIRST, engine="2")).is_material


def test_hostile_lengths_are_compared_in_bounded_time() -> None:
    changes = change(made_text(1, words=60_000, paragraph=6), made_text(2, words=60_000, paragraph=6))
    assert len(changes.added) + len(changes.changed) == 10_000

"""The verdict: redelivery, revision, update, copy, new."""

from datetime import timedelta

from members_builder import NOON, candidates, made_text, make_member

from services.store.core.verdict import CANDIDATES_COMPARED, Copy, New, Redelivery, Revision, Update, judge

TEXT = made_text(1, words=300)
LATER = TEXT + "\n\nSeven more people were set free on Friday, the ministry said in a statement."


def test_unknown_text_is_new() -> None:
    assert judge(make_member("a"), None, candidates(make_member("b", seed=2))) == New()


def test_same_fetch_is_a_redelivery_whatever_the_engine_says_today() -> None:
    stored = make_member("a", TEXT, page="p")
    again = make_member("a", LATER, page="p", engine="9", minutes=5)
    assert judge(again, stored, []) == Redelivery(reason="same page")
    assert judge(stored, stored, []) == Redelivery(reason="same fetch")


def test_redelivered_article_is_not_its_own_duplicate() -> None:
    own = make_member("a", TEXT)
    assert judge(own, None, candidates(own)) == New()


def test_changed_page_at_the_same_url_is_a_revision() -> None:
    verdict = judge(make_member("a", LATER, minutes=60), make_member("a", TEXT), [])
    assert isinstance(verdict, Revision)
    assert verdict.changes.added == (LATER.split("\n\n")[-1],)


def test_changed_page_with_the_same_text_is_a_redelivery() -> None:
    stored = make_member("a", TEXT, page="p1")
    assert judge(make_member("a", TEXT, page="p2", minutes=5), stored, []) == Redelivery(reason="no change")


def test_older_fetch_that_arrives_late_never_undoes_a_revision() -> None:
    stored = make_member("a", LATER, minutes=60)
    assert judge(make_member("a", TEXT, minutes=0), stored, []) == Redelivery(reason="older fetch")


def test_same_text_at_another_outlet_is_a_copy_with_its_origin() -> None:
    wire = make_member("w", TEXT, outlet="wire", published=NOON - timedelta(hours=3))
    reprint = make_member("r", TEXT, outlet="second", published=NOON - timedelta(hours=2))
    verdict = judge(make_member("x", TEXT, outlet="third", published=NOON), None, candidates(reprint, wire))
    assert isinstance(verdict, Copy)
    assert verdict.of == "w"
    assert {edge.article_id for edge in verdict.edges} == {"w", "r"}


def test_original_that_arrives_after_its_copy_is_tied_to_it() -> None:
    reprint = make_member("r", TEXT, outlet="second", published=NOON - timedelta(hours=1))
    verdict = judge(
        make_member("w", TEXT, outlet="wire", published=NOON - timedelta(hours=5)), None, candidates(reprint)
    )
    assert isinstance(verdict, Copy) and verdict.of == "r"


def test_same_outlet_later_and_changed_is_an_update() -> None:
    verdict = judge(make_member("b", LATER, minutes=30), None, candidates(make_member("a", TEXT)))
    assert isinstance(verdict, Update)
    assert verdict.of == "a" and verdict.changes.added


def test_same_outlet_without_a_change_is_an_alias_not_news() -> None:
    verdict = judge(make_member("b", TEXT, minutes=30), None, candidates(make_member("a", TEXT)))
    assert isinstance(verdict, Redelivery)
    assert (verdict.reason, verdict.of) == ("same outlet", "a")
    assert [edge.article_id for edge in verdict.edges] == ["a"]


def test_same_outlet_earlier_state_is_no_update() -> None:
    verdict = judge(make_member("b", TEXT, minutes=0), None, candidates(make_member("a", LATER, minutes=30)))
    assert isinstance(verdict, Redelivery) and verdict.reason == "same outlet"


def test_own_outlet_counts_before_foreign_copies() -> None:
    foreign = make_member("f", LATER, outlet="wire")
    verdict = judge(make_member("b", LATER, minutes=30), None, candidates(foreign, make_member("a", TEXT)))
    assert isinstance(verdict, Update) and verdict.of == "a"


def test_teaser_with_a_paywall_stub_is_new_beside_another_with_the_same_stub() -> None:
    stub = "This article is for subscribers only. Sign in or subscribe to read on."
    other = make_member("b", stub, title="Storm cuts off three villages in the north", outlet="x")
    assert (
        judge(
            make_member("a", stub, title="Minister resigns over the budget of the army"),
            None,
            candidates(other),
        )
        == New()
    )


def test_near_miss_is_kept_for_review() -> None:
    words = TEXT.split()
    half = " ".join(words[:150]) + " " + made_text(9, words=140)
    verdict = judge(make_member("a", half, outlet="x"), None, candidates(make_member("b", TEXT)))
    assert isinstance(verdict, New)
    assert [edge.article_id for edge in verdict.near_misses] == ["b"]


def test_candidates_beyond_the_bound_are_left_out_and_that_is_recorded() -> None:
    many = [make_member(f"m{n:03}", seed=n + 10) for n in range(CANDIDATES_COMPARED + 1)]
    assert judge(make_member("a", TEXT), None, candidates(*many)).capped
    assert not judge(make_member("a", TEXT), None, candidates(*many[:-1])).capped

"""Groups and canonicals: a pure function of the set, whatever the order of arrival."""

import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from members_builder import LONG_AGO, NOON, candidates, made_text, make_member

from services.contracts.messages import ArticleDate
from services.store.core.fingerprint import SHARED_HASHES, fingerprint_of
from services.store.core.groups import canonical_of, copied_from, group_of, groups_of
from services.store.core.members import Member, claimed_instant, trusted_instant
from services.store.core.verdict import judge


def test_groups_are_the_components_of_the_edges() -> None:
    assert groups_of("abcde", [("a", "b"), ("b", "c"), ("d", "x")]) == [
        frozenset("abc"),
        frozenset("d"),
        frozenset("e"),
    ]
    assert group_of("c", [("a", "b"), ("b", "c"), ("d", "e")]) == frozenset("abc")
    assert group_of("z", []) == frozenset("z")


def test_canonical_published_first_however_late_it_came() -> None:
    early = make_member("z", minutes=600, published=NOON - timedelta(hours=2))
    assert canonical_of([make_member("a", published=NOON - timedelta(hours=1)), early]) == "z"


def test_publication_time_after_first_seen_or_long_before_is_not_believed() -> None:
    honest = make_member("z", published=NOON - timedelta(hours=1))
    assert trusted_instant(make_member(published=NOON + timedelta(minutes=1))) is None
    assert trusted_instant(make_member(published=NOON - timedelta(hours=73))) is None
    assert canonical_of([make_member("a", published=LONG_AGO), honest]) == "z"


def test_exact_time_counts_before_a_bare_day_and_ids_break_ties() -> None:
    midnight = NOON.replace(hour=0)
    bare = make_member("a", published=midnight, day_only=True)
    exact = make_member("b", published=NOON - timedelta(hours=1))
    assert canonical_of([bare, exact]) == "b"
    assert canonical_of([make_member("b"), make_member("a")]) == "a"


def test_bare_day_is_believed_for_72_hours_after_its_end() -> None:
    three_days_back = NOON.replace(hour=0) - timedelta(days=3)
    assert trusted_instant(make_member(published=three_days_back, day_only=True)) == three_days_back
    assert trusted_instant(make_member(published=three_days_back)) is None


def test_dates_of_pages_become_instants_or_nothing() -> None:
    def instant(value: str, precision: str):
        return claimed_instant(ArticleDate(value=value, precision=precision))

    assert instant("2026-11-20", "day") == (NOON.replace(hour=0), True)
    assert instant("2026-11-20T14:00:00+02:00", "second") == (NOON, False)
    assert instant("2026-11", "month") == (None, False)
    assert instant("0000-01-01T00:00", "minute") == (None, False)
    assert instant("9999-12-31T23:59:59-12:00", "second") == (None, False)
    assert claimed_instant(None) == (None, False)


def test_copy_was_taken_from_the_earliest_that_has_the_text() -> None:
    wire = make_member("w", published=NOON - timedelta(hours=5))
    reprint = make_member("r", published=NOON - timedelta(hours=3))
    own = make_member("o", published=NOON - timedelta(hours=1))
    assert copied_from(own, [reprint, wire]) == wire
    assert copied_from(wire, [reprint, own]) is None


BASE = [made_text(seed, words=260) for seed in range(3)]


def reprint_of(number: int, seed: int) -> Member:
    """A reprint of one of three texts: cut, extended by another text, or edited here and there."""
    rng = random.Random(seed)
    words = BASE[number].split()
    words = words[: rng.randint(80, 260)]
    if rng.random() < 0.4:
        words += BASE[(number + 1) % 3].split()
    if rng.random() < 0.5:
        words = [word if rng.random() > 0.08 else f"e{seed}" for word in words]
    published = NOON - timedelta(minutes=rng.randint(1, 300)) if rng.random() < 0.7 else None
    return make_member(
        f"{rng.getrandbits(64):016x}",
        " ".join(words),
        title=f"T{number}",
        outlet=str(seed),
        published=published,
    )


def decided(members: list[Member]) -> dict[str, tuple[frozenset[str], str]]:
    """Every article's group and canonical after the members arrived in this order."""
    sketches = {
        member.article_id: set(fingerprint_of(member.title, member.text).sketch) for member in members
    }
    edges: list[tuple[str, str]] = []
    for place, member in enumerate(members):
        known = [
            m
            for m in members[:place]
            if len(sketches[m.article_id] & sketches[member.article_id]) >= SHARED_HASHES
        ]
        verdict = judge(member, None, candidates(*known))
        edges += [(member.article_id, edge.article_id) for edge in verdict.edges]
    by_id = {member.article_id: member for member in members}
    groups = groups_of(by_id, edges)
    return {name: (group, canonical_of([by_id[n] for n in group])) for group in groups for name in group}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 10_000)),
        min_size=2,
        max_size=12,
        unique_by=lambda t: t[1],
    ),
    st.randoms(use_true_random=False),
)
def test_any_order_of_arrival_gives_the_same_groups_and_canonicals(
    kinds: list[tuple[int, int]], rng: random.Random
) -> None:
    members = [reprint_of(number, seed) for number, seed in kinds]
    shuffled = list(members)
    rng.shuffle(shuffled)
    assert decided(members) == decided(shuffled)

"""The figures that must not fall, on real articles; where the shared data lies beside the project."""

import pytest

from bench.dedup import PureStore, member_of
from bench.sameness_data import ABSENT, FOLDER, b_cubed, pair_f1, read_rows, same_article_pairs, shuffled
from bench.stories import set_of
from bench.story_feed import Feed, prepare

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)


def test_real_copies_are_all_found_and_nothing_else() -> None:
    store, ids = PureStore(), {}
    for row in read_rows("events.jsonl.gz"):
        member = member_of(row)
        ids[member.article_id] = row["id"]
        store.claim(member)
    found = {frozenset((ids[one], ids[other])) for one, other in store.edges}
    same, left_open = same_article_pairs()
    assert found >= same
    assert not found - same - left_open


def test_synthetic_reprints_end_in_their_groups() -> None:
    rows = read_rows("copies.jsonl.gz")
    wanted = sorted({row["group"] for row in rows}, key=str)[::4]
    rows = [row for row in rows if row["group"] in wanted]
    store = PureStore()
    for place in shuffled(len(rows), 3):
        store.claim(member_of(rows[place]))
    canonicals = store.canonicals()
    precision, _, f = b_cubed(
        [canonicals[member_of(row).article_id] for row in rows], [row["group"] for row in rows]
    )
    assert precision >= 0.999
    assert f >= 0.994


@pytest.mark.parametrize(("name", "floor"), [("events", 0.96), ("ecb", 0.90), ("events-3", 0.93)])
def test_articles_of_one_event_are_in_one_story_as_soon_as_the_last_has_come(name: str, floor: float) -> None:
    rows, _ = set_of(name)
    found = Feed(prepare(rows)).run(shuffled(len(rows), 11))
    assert b_cubed(found, [row["group"] for row in rows])[2] >= floor


def test_russian_reports_of_one_event_share_a_story() -> None:
    rows = [row for row in read_rows("pairs_ru_en.jsonl.gz") if row["lang"] == "ru"]
    found = Feed(prepare([row[side] for row in rows for side in ("a", "b")])).run(shuffled(2 * len(rows), 5))
    assert pair_f1(rows, lambda place: found[2 * place] == found[2 * place + 1], "ru") >= 0.82

"""Extraction never falls below what it once reached: floors.json may only rise. Needs the shared pages."""

import json
from pathlib import Path

import pytest

from bench.extraction.corpus import default_data
from bench.extraction.figures import PageScore, bad_share, by_set, cpu_mean, macro, news, pooled, share_of
from bench.extraction.ours import passes_by_fold, score_dumps, score_ours

FLOORS = json.loads(Path(__file__).with_name("floors.json").read_text(encoding="utf-8"))
DATA = default_data()

pytestmark = [
    pytest.mark.skipif(
        not (DATA / "pages").is_dir(), reason="the pages with known text are not there (CLEANWIRE_SHARED)"
    ),
    pytest.mark.timeout(2400),
]


def test_pages_of_sites_never_seen_keep_their_floors():
    scores = list(score_ours(DATA, passes_by_fold(DATA, "html")))
    floors = FLOORS["html"]
    assert macro(scores) >= floors["macro"]
    assert pooled(scores) >= floors["pooled"]
    assert news(scores) >= floors["news"]
    assert bad_share(scores) <= floors["bad_at_most"]
    assert cpu_mean(scores) <= floors["cpu_ms_at_most"]
    assert not fallen_fields(scores)


def test_dumps_of_sites_never_seen_keep_their_floors():
    scores = list(score_dumps(DATA, passes_by_fold(DATA, "text")))
    sets = by_set(scores)
    assert sum(sets.values()) / len(sets) >= FLOORS["text"]["mean_of_four"]
    assert pooled(scores) >= FLOORS["text"]["pooled"]
    assert news(scores) >= FLOORS["text"]["mean_of_four_sure_truth"]


def fallen_fields(scores: list[PageScore]) -> list[str]:
    """The titles, dates and authors that are found less often than they once were."""
    return [
        f"{field} of {dataset}: {share} < {floor}"
        for field, floors in FLOORS["fields"].items()
        for dataset, floor in floors.items()
        if (share := share_of(scores, dataset, field) or 0.0) < floor
    ]

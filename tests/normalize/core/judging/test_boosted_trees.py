"""The trees ask for features of the code by name and add what stands where the answers lead."""

import math

import numpy as np
import pytest

from bench.extraction import boost
from bench.extraction.boost import fit_trees
from services.normalize.core.judging.boosted_trees import BoostedTrees, rows_from, trees_from
from services.normalize.core.judging.facts import read_facts
from services.normalize.core.judging.model import Linear, Passes, shipped_passes
from services.normalize.core.judging.scoring import score_page
from services.normalize.core.reading.page import Page, read_page

PAGE = b"<h1>Title</h1><p>One paragraph, with words.</p><ul><li>a b</li></ul>"
TWO = trees_from([
    {"asks": [["size", 2.0], ["around.size", 0.5]], "adds": [0.0, 1.0, 10.0, 100.0]},
    {"asks": [["links", 0.0], ["links", 1.0]], "adds": [-1.0, 0.0, 0.0, 3.0]},
])  # fmt: skip


def page_of(html: bytes) -> Page:
    page = read_page(html, "", "text/html")
    assert isinstance(page, Page)
    return page


def test_each_tree_adds_the_value_where_its_answers_lead():
    first = {"size": np.array([1.0, 3.0, 3.0]), "links": np.array([0.0, 0.5, 2.0])}
    second = {("size",): np.array([[1.0, 0.0, 1.0]])}
    assert TWO.score(first, second).tolist() == [1.0 - 1.0, 10.0 + 0.0, 100.0 + 3.0]


def test_a_tree_that_asks_for_an_unknown_feature_is_refused_by_its_name():
    with pytest.raises(ValueError, match=r"links.*train anew"):
        TWO.score({("size",): np.zeros((1, 2))}, {("size",): np.zeros((1, 2))})


def test_trees_survive_being_written_down():
    again = trees_from(rows_from(TWO))
    assert again.features == TWO.features
    assert np.array_equal(again.thresholds, TWO.thresholds)
    assert np.array_equal(again.values, TWO.values)


def test_the_shipped_trees_fit_the_features_of_the_code_and_are_finite():
    passes = shipped_passes("html")
    assert passes.trees is not None
    assert len(passes.trees.features) == boost.TREES
    assert np.isfinite(passes.trees.values).all()
    scored = score_page(page_of(PAGE))
    assert all(math.isfinite(score) for score in scored.scores if score is not None)


def test_dumps_are_judged_without_trees():
    assert shipped_passes("text").trees is None


def shifted(bias: float, trees: BoostedTrees | None = None) -> Passes:
    """The shipped passes with another bias in the second."""
    shipped = shipped_passes("html")
    return Passes(shipped.first, Linear(shipped.second.weights, bias), trees)


TEN = BoostedTrees((("log_chars",),), np.array([[-1.0]]), np.array([[0.0, 10.0]]))


def test_trees_add_to_the_second_pass():
    page = page_of(PAGE)
    plain, more = score_page(page, shifted(100.0)).scores, score_page(page, shifted(100.0, TEN)).scores
    judged = read_facts(page).candidates.tolist()
    assert [more[at] for at in judged] == pytest.approx([plain[at] + 10 for at in judged])


def test_where_nothing_is_likely_by_the_passes_trees_are_not_asked():
    page = page_of(PAGE)
    assert score_page(page, shifted(-100.0, TEN)).scores == score_page(page, shifted(-100.0)).scores


def test_boosting_learns_what_a_weighted_sum_cannot():
    either = np.random.default_rng(1).integers(0, 2, (400, 2))
    labels = (either[:, 0] != either[:, 1]).astype(np.float32)  # one of both, not both
    names = tuple(f"{name}{number}" for number in range(10) for name in "ab")
    trees = fit_trees(np.tile(either, 10).astype(np.float32), labels, np.ones(400), np.zeros(400), names)
    added = trees.score({names: np.tile(either, 10).T}, {("unused",): np.zeros((1, 400))})
    assert ((added > 0) == (labels > 0)).mean() > 0.95


def test_the_same_rows_give_the_same_trees():
    rng = np.random.default_rng(2)
    rows, labels = rng.normal(size=(300, 8)).astype(np.float32), (rng.random(300) < 0.5).astype(np.float32)
    fits = [fit_trees(rows, labels, np.ones(300), np.zeros(300), tuple("abcdefgh")) for _ in range(2)]
    assert rows_from(fits[0]) == rows_from(fits[1])


def test_a_column_that_never_changes_is_never_asked_for():
    rng = np.random.default_rng(3)
    rows = np.column_stack((np.ones(300), rng.normal(size=(300, 7)))).astype(np.float32)
    trees = fit_trees(rows, rows[:, 1] > 0, np.ones(300), np.zeros(300), tuple("abcdefgh"))
    assert "a" not in {name for asked in trees.features for name in asked}

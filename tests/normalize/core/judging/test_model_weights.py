"""The shipped weights fit the features of the code."""

import math

import numpy as np
import pytest

from services.normalize.core.judging.columns import names_of
from services.normalize.core.judging.facts import read_facts
from services.normalize.core.judging.features import first_features
from services.normalize.core.judging.model import Linear, shipped_passes
from services.normalize.core.reading.page import Page, read_page

PAGES = {
    "html": b"<h1>Title</h1><p>One paragraph, with words.</p><ul><li>a b</li></ul>",
    "text": b"Title\n\nOne line.\n",
}


@pytest.mark.parametrize("kind", PAGES)
def test_every_feature_has_a_finite_weight(kind):
    page = read_page(PAGES[kind], "", "text/html" if kind == "html" else "text/plain")
    assert isinstance(page, Page)
    passes = shipped_passes(kind)
    assert passes.first.weights.keys() == set(names_of(first_features(read_facts(page))))
    assert all(
        math.isfinite(one) for linear in (passes.first, passes.second) for one in linear.weights.values()
    )


def test_weights_for_other_features_are_refused_by_name():
    linear = Linear({"size": 1.0, "gone": 2.0}, 0.0)
    with pytest.raises(ValueError, match=r"gone.*new"):
        linear.score({"size": np.zeros(2), "new": np.zeros(2)})


def test_a_score_is_the_bias_and_the_weighted_sum():
    assert Linear({"a": 2.0, "b": -1.0}, 0.5).score(
        {"a": np.array([1.0, 0.0]), "b": np.array([0.0, 3.0])}
    ).tolist() == [2.5, -2.5]

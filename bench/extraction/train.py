"""Trains passes and trees without leaking: scores to learn from always come from models that saw neither page nor test fold."""

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.extraction.boost import fit_trees
from bench.extraction.corpus import FOLDS, load_pages
from bench.extraction.fit import Fit, fit_logistic
from bench.extraction.samples import (
    Sample,
    dump_samples,
    grafted_samples,
    load_dumps,
    matrix_of,
    page_sample,
)
from services.normalize.core.judging.boosted_trees import BoostedTrees, names_of_both, rows_from
from services.normalize.core.judging.columns import Columns, names_of
from services.normalize.core.judging.context import second_features
from services.normalize.core.judging.model import Linear, Passes

SEED = 3  # chooses among the variants; all else is exact
STRENGTHS = {"html": (1000.0, 30.0), "text": (30.0, 100.0)}
"""Quadratic penalties of the first and the second pass; see docs/extraction.md for what else was tried."""
ALL = -1  # no fold left out


def load_samples(data: Path, kind: str) -> list[Sample]:
    """All samples of one kind of page, `html` or `text`, and the variants of them."""
    rng = random.Random(SEED)
    if kind == "html":
        pages = [sample for page in load_pages(data) if (sample := page_sample(page)) is not None]
        return [*pages, *grafted_samples(data, rng)]
    return [sample for dump in load_dumps(data) for sample in dump_samples(dump, rng)]


def fold_passes(
    samples: Sequence[Sample], kind: str, folds: Sequence[int] = range(FOLDS)
) -> dict[int, Passes]:
    """For each fold the passes and trees trained on the other folds; under ALL those trained on every page.

    The second pass learns from first scores of models that left out the page's own fold as well as the test fold.
    """
    strength, second_strength = STRENGTHS[kind]
    pairs = _first_fits(samples, strength, {_pair(own, fold) for own in range(FOLDS) for fold in folds})
    passes = {}
    for fold in folds:
        training = [sample for sample in samples if sample.fold != fold]
        columns = [_second_columns(sample, pairs[_pair(sample.fold, fold)]) for sample in training]
        around = [matrix_of(one) for one in columns]
        second = _fit(around, training, second_strength)
        first = (
            pairs[_pair(fold, fold)] if fold != ALL else _fit([s.rows for s in training], training, strength)
        )
        names = names_of(columns[0])
        trees = _trees(training, around, names) if kind == "html" else None
        passes[fold] = Passes(_linear(first, samples[0].names), _linear(second, names), trees)
    return passes


def _trees(samples: Sequence[Sample], around: Sequence[Any], names: tuple[str, ...]) -> BoostedTrees:
    """The trees, learnt from second scores of models that left out the page's own fold as well.

    `around` holds the second pass's features of each sample. Variants are the passes' alone: trees correct what the
    passes leave over on pages as they are.
    """
    scores: dict[int, Any] = {}
    for fold in {sample.fold for sample in samples}:
        others = [place for place, sample in enumerate(samples) if sample.fold != fold]
        second = _fit([around[at] for at in others], [samples[at] for at in others], STRENGTHS["html"][1])
        scores |= {at: second.scores(around[at]) for at, sample in enumerate(samples) if sample.fold == fold}
    pages = [at for at, sample in enumerate(samples) if not sample.variant]
    return fit_trees(
        np.concatenate([np.hstack((samples[at].rows, around[at])) for at in pages]),
        np.concatenate([samples[at].labels for at in pages]),
        np.concatenate([samples[at].weights for at in pages]),
        np.concatenate([scores[at] for at in pages]),
        names_of_both(samples[0].names, names),
    )


def _first_fits(
    samples: Sequence[Sample], strength: float, pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], Fit]:
    """One first pass for each of the pairs of folds left out; twice the same is a single fold."""
    fits = {}
    for pair in pairs:
        training = [sample for sample in samples if sample.fold not in pair]
        fits[pair] = _fit([sample.rows for sample in training], training, strength)
    return fits


def _pair(fold: int, left_out: int) -> tuple[int, int]:
    return (fold, fold) if left_out == ALL else (min(fold, left_out), max(fold, left_out))


def _second_columns(sample: Sample, first: Fit) -> Columns:
    return second_features(sample.surroundings, first.scores(sample.rows))


def _fit(rows: list[Any], samples: Sequence[Sample], strength: float) -> Fit:
    labels = np.concatenate([sample.labels for sample in samples])
    weights = np.concatenate([sample.weights for sample in samples])
    return fit_logistic(np.concatenate(rows), labels, weights, strength)


def _linear(fit: Fit, names: tuple[str, ...]) -> Linear:
    weights = {name: float(f"{weight:.5g}") for name, weight in zip(names, fit.weights, strict=True)}
    return Linear(weights, float(f"{fit.bias:.5g}"))


def weights_table(passes: dict[str, Passes]) -> str:
    """The weights file: for each kind of page the two passes, each weight under its feature's name."""
    table = {
        kind: {"first": _named(both.first), "second": _named(both.second)} for kind, both in passes.items()
    }
    return json.dumps(table, indent=1) + "\n"


def trees_table(trees: BoostedTrees) -> str:
    """The file of trees: a line each."""
    return "[\n" + ",\n".join(json.dumps(row) for row in rows_from(trees)) + "\n]\n"


def _named(linear: Linear) -> dict[str, float]:
    return {"bias": linear.bias, **linear.weights}

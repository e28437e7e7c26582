"""How far a title can be told from its page: which of disagreeing places the truth follows, and what a learnt choice would reach."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.extraction.corpus import FOLDS, load_pages
from bench.extraction.figures import _plain
from services.normalize.core.metadata.article_object import article_objects
from services.normalize.core.metadata.title import Candidate, choose_title, title_candidates
from services.normalize.core.reading.page import read_page
from services.normalize.core.rejections import Rejection

SETS = ("news424", "fundus_tests", "wcxb_article")
PLACES = ("h1", "headline", "og", "twitter", "tag")
FEWEST_PAGES = 3
STRENGTH, STEPS, RATE = 5.0, 400, 0.02


@dataclass(frozen=True)
class Choice:
    """One page's distinct titles: where each stands, its features, and which of them is true."""

    dataset: str
    fold: int
    places: tuple[frozenset[str], ...]
    features: np.ndarray
    truth: np.ndarray
    is_ours_true: bool


def print_title_choice(data: Path) -> None:
    """The table of disagreements, then the share of equal titles: ours, a learnt choice by folds, any candidate."""
    choices = list(load_choices(data))
    _print_disagreements(choices)
    print(f"\n{'share of titles equal':60}" + "".join(f"{name:>15}" for name in SETS))
    _print_row("shipped vote", choices, [one.is_ours_true for one in choices])
    for names in (SETS, ("news424",), ("fundus_tests",)):
        _print_row(f"learnt on {', '.join(names)}, by site folds", choices, learnt_choice(choices, names))
    _print_row("any candidate", choices, [bool(one.truth.any()) for one in choices])


def load_choices(data: Path) -> Iterator[Choice]:
    """The pages whose title is known and named by at least one place."""
    for true in load_pages(data, SETS):
        page = read_page(true.html, true.row["url"], None)
        if isinstance(page, Rejection) or not true.row.get("title"):
            continue
        articles = article_objects(page.json_ld)
        groups: dict[str, list[Candidate]] = {}
        for one in title_candidates(page, articles):
            groups.setdefault(one.key, []).append(one)
        wanted = _plain(true.row["title"])
        yield Choice(
            true.dataset,
            true.fold,
            tuple(frozenset(one.place for one in group) for group in groups.values()),
            np.array([_features(key, groups) for key in groups], dtype=float),
            np.array([key == wanted for key in groups], dtype=float),
            _plain(choose_title(page, articles)) == wanted,
        )


def _features(key: str, groups: dict[str, list[Candidate]]) -> list[float]:
    """Where a title stands and alone or not, its length and form, what it shares with the others and how."""
    places = {one.place for one in groups[key]}
    named = {one.place for group in groups.values() for one in group}
    others, text, size = [other for other in groups if other != key], groups[key][0].text, len(key.split())
    shared = [len(set(key.split()) & set(o.split())) / len(set(key.split()) | set(o.split())) for o in others]
    return [
        *(place in places for place in PLACES),
        *(places == {place} for place in PLACES),
        *(place in named - places for place in PLACES),
        *({"headline", one} <= places for one in ("h1", "og", "tag")),
        *({"h1", one} <= places for one in ("og", "tag")),
        len(places) >= 3, size <= 3, size <= 5, size >= 16, len(text) > 110, np.log1p(len(text)) / 5, ":" in text,
        any(f" {key} " in f" {other} " for other in others), any(f" {other} " in f" {key} " for other in others),
        any(other.startswith(f"{key} ") for other in others), any(other.endswith(f" {key}") for other in others),
        max(shared, default=0.0),
    ]  # fmt: skip


def learnt_choice(choices: Sequence[Choice], train_on: Sequence[str]) -> list[bool]:
    """Whether a linear choice, trained on the other folds' pages of these collections, takes the true title."""
    right = [False] * len(choices)
    for fold in range(FOLDS):
        training = [one for one in choices if one.fold != fold and one.dataset in train_on]
        weights = _fit([one for one in training if one.truth.any() and len(one.truth) > 1])
        for at, one in enumerate(choices):
            if one.fold == fold and len(one.truth):
                right[at] = bool(one.truth[(one.features @ weights).argmax()])
    return right


def _fit(choices: Sequence[Choice]) -> np.ndarray:
    """Conditional logistic regression by gradient steps, with a quadratic penalty."""
    weights = np.zeros(choices[0].features.shape[1])
    for step in range(STEPS):
        gradient = -STRENGTH * weights
        for one in choices:
            scores = one.features @ weights
            shares = np.exp(scores - scores.max())
            gradient += one.features.T @ (one.truth - shares / shares.sum())
        weights += RATE * gradient / (1 + step / 200)
    return weights


def _print_disagreements(choices: Sequence[Choice]) -> None:
    tables: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for one in choices:
        names = ["=".join(place for place in PLACES if place in group) for group in one.places]
        true = next((name for name, is_true in zip(names, one.truth, strict=True) if is_true), "none")
        if len(names) > 1:
            tables[" | ".join(names)][one.dataset][true] += 1
    print("which place the true title follows where places disagree (`=` agree, `|` differ):")
    for pattern, sets in sorted(tables.items(), key=lambda item: -sum(c.total() for c in item[1].values())):
        if sum(counter.total() for counter in sets.values()) >= FEWEST_PAGES:
            cells = "; ".join(f"{name}: {dict(sets[name])}" for name in SETS if name in sets)
            print(f"  {pattern:40} {cells}")


def _print_row(name: str, choices: Sequence[Choice], right: Sequence[bool]) -> None:
    cells = []
    for dataset in SETS:
        values = [ok for one, ok in zip(choices, right, strict=True) if one.dataset == dataset]
        cells.append(f"{sum(values) / len(values):>15.3f}")
    print(f"{name:60}" + "".join(cells))

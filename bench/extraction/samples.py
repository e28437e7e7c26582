"""From pages and dumps with known text to rows of features with labels: what the training sees."""

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.extraction.corpus import NEWS_SETS, TruePage, fold_of, label_blocks, load_pages
from bench.extraction.grafts import foreign_boxes, with_boxes
from services.normalize.core.judging.columns import Columns, names_of, stacked
from services.normalize.core.judging.context import Surroundings
from services.normalize.core.judging.facts import read_facts
from services.normalize.core.judging.features import first_features
from services.normalize.core.judging.scoring import surroundings_of
from services.normalize.core.reading.page import Page, read_page
from services.normalize.core.rejections import Rejection

KEPT_SHARE = 0.7  # of a block's word triples in the true text: then the block is article text
SMALL_PAGE = 200.0  # characters; the blocks of a shorter article weigh as if it had that many
SUSPECT_WEIGHT = 0.3
OLD_MARKUP_WEIGHT = 0.5  # daniel_multiling is of 2011-12
VARIANT_WEIGHT = 0.3


@dataclass(slots=True, eq=False)
class Sample:
    """The candidates of one page: rows of the first pass, labels, weights, and the frame of the second pass."""

    dataset: str
    id: str
    fold: int
    suspect: bool
    names: tuple[str, ...]
    rows: Any
    labels: Any
    weights: Any
    surroundings: Surroundings
    variant: bool = False


def page_sample(true: TruePage) -> Sample | None:
    """The sample of an HTML page; None where there is nothing to learn from."""
    page = read_page(true.html, true.row["url"], None)
    if isinstance(page, Rejection) or not page.blocks:
        return None
    return _sample(page, true.text, true.dataset, true.row["id"], true.fold, true.suspect)


def grafted_samples(data: Path, rng: random.Random) -> Iterator[Sample]:
    """A variant of each page of sure truth: boxes of other sites in it, which are no article there either.

    The boxes come from pages of the same fold, so that no model learns from a box of a site it is judged by.
    """
    boxes: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for true, source in _sure_pages(data):
        boxes[true.fold] += [(true.row["site"], box) for box in foreign_boxes(source, true.text, rng)]
    for true, source in _sure_pages(data):
        others = [box for site, box in boxes[true.fold] if site != true.row["site"]]
        html = with_boxes(source, true.text, others, rng)
        page = read_page(html.encode(), true.row["url"], "text/html; charset=utf-8") if html else None
        if isinstance(page, Page) and page.blocks:
            sample = _sample(page, true.text, true.dataset, true.row["id"], true.fold, true.suspect)
            if sample is not None:
                yield _as_variant(sample)


def _sure_pages(data: Path) -> Iterator[tuple[TruePage, str]]:
    for true in load_pages(data):
        page = None if true.suspect else read_page(true.html, true.row["url"], None)
        if isinstance(page, Page):
            yield true, page.text


def _as_variant(sample: Sample) -> Sample:
    sample.variant = True
    sample.weights = sample.weights * VARIANT_WEIGHT
    return sample


def _sample(page: Page, text: str, dataset: str, name: str, fold: int, suspect: bool) -> Sample | None:
    facts = read_facts(page)
    if not len(facts.candidates):
        return None
    columns, surroundings = first_features(facts), surroundings_of(facts)
    shares = np.array(label_blocks([page.blocks[at].text for at in facts.candidates], text))
    labels = (shares > KEPT_SHARE).astype(np.float32)
    weights = block_weights(surroundings.sizes, labels, dataset, suspect)
    return Sample(
        dataset, name, fold, suspect, names_of(columns), matrix_of(columns), labels, weights, surroundings
    )


def matrix_of(columns: Columns) -> Any:
    """The columns as one matrix, a row a candidate."""
    return stacked(columns).astype(np.float32).T


def block_weights(sizes: Any, labels: Any, dataset: str, suspect: bool) -> Any:
    """A block weighs what it means for its page's F1: its share of the article's length, within bounds."""
    share = sizes / max(SMALL_PAGE, float((sizes * labels).sum()))
    page = (OLD_MARKUP_WEIGHT if dataset == "daniel_multiling" else 1.0) * (
        SUSPECT_WEIGHT if suspect else 1.0
    )
    return page * np.clip(15 * share, 0.1, 6.0)


@dataclass(frozen=True, slots=True)
class TrueDump:
    """A page as plain text with its article's true text."""

    dataset: str
    id: str
    site: str
    fold: int
    suspect: bool
    title: str
    dump: str
    text: str


def load_dumps(data: Path) -> Iterator[TrueDump]:
    """The plain-text dumps of the news pages."""
    suspects = {(one["dataset"], one["id"]) for one in json.loads((data / "suspect_truth.json").read_text())}
    sites = dict(_sites(data))
    with gzip.open(data / "text_dumps.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            key = (row["dataset"], row["id"])
            site, title = sites[key], row["title"] or ""
            yield TrueDump(*key, site, fold_of(site), key in suspects, title, row["dump"], row["text"])


def _sites(data: Path) -> Iterator[tuple[tuple[str, str], str]]:
    for name in NEWS_SETS:
        for line in (data / "pages" / name / "truth.jsonl").read_text(encoding="utf-8").split("\n"):
            if line:
                row = json.loads(line)
                yield (name, row["id"]), row["site"]


def dump_samples(dump: TrueDump, rng: random.Random) -> Iterator[Sample]:
    """The dump itself, then four variants of it: dumps come with and without menus, headlines and blank lines."""
    original = _line_sample(dump, dump.dump, variant=False)
    if original is None:
        return
    yield original
    for text in _variants(dump, original, rng):
        sample = _line_sample(dump, text, variant=True)
        if sample is not None:
            yield sample


def _line_sample(dump: TrueDump, text: str, *, variant: bool) -> Sample | None:
    page = read_page(text.encode(), "", "text/plain")
    if isinstance(page, Rejection):
        return None
    sample = _sample(page, dump.text, dump.dataset, dump.id, dump.fold, dump.suspect)
    return _as_variant(sample) if sample is not None and variant else sample


def _variants(dump: TrueDump, sample: Sample, rng: random.Random) -> Iterator[str]:
    lines = dump.dump.splitlines()
    filled = [at for at, line in enumerate(lines) if line.strip()]
    kept = [filled[place] for place in np.nonzero(sample.labels)[0] if place < len(filled)]
    if len(kept) < 3:
        return
    first, last = kept[0], kept[-1]
    body = lines[first : last + 1]
    yield "\n".join(rng.choice((body, _squeezed(body))))
    yield "\n".join(lines[at] for at in kept)
    yield "\n".join(lines[: last + 1])
    yield "\n".join([dump.title, *_squeezed(lines[first:])])


def _squeezed(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]

"""Features of the elements around a block: how much of the prose they hold, how often they recur, where the headline is."""

from typing import Any

import numpy as np

from services.normalize.core.judging.columns import Columns, numbered
from services.normalize.core.judging.facts import PageFacts
from services.normalize.core.judging.places import TEXT_TAGS, Places
from services.normalize.core.judging.tree import Tree
from services.normalize.core.words.letters import marked

LEVELS = range(4)


def share_columns(facts: PageFacts, places: Places) -> Columns:
    """How much of the page's prose stands in each container around the block, and how often the container recurs."""
    tree, chain = facts.tree, places.chain
    prose = tree.prose_chars[0] or 1.0
    containers = np.where(places.tags < TEXT_TAGS, chain[1:], chain[:-1])
    chars, linked = tree.prose_chars[containers], tree.link_chars[containers]
    columns: Columns = {
        numbered("share", LEVELS): chars / prose,
        numbered("log_prose_blocks", LEVELS): np.log1p(tree.prose_blocks[containers]),
        numbered("links", LEVELS): linked / (chars + linked + 1),
    }
    return columns | _shape_columns(facts, places) | _alike_columns(tree, chain[:-1])


def _shape_columns(facts: PageFacts, places: Places) -> Columns:
    """The blocks under one class path: number, length, links, how many end a sentence; neighbours of the same path."""
    rows, tree, at = facts.measured, facts.tree, facts.candidates
    index = rows["elements"]
    shapes, parents = tree.shape[index], tree.parent[index]
    number = np.bincount(shapes)
    chars = np.bincount(shapes, facts.chars)
    linked = np.bincount(shapes, rows["link_chars"])
    ends = np.bincount(shapes, marked(rows["last"], "terminal"))
    own = shapes[at]
    mean = chars[own] / number[own]
    same_shape, same_parent = _same_as_before(shapes), _same_as_before(parents)
    return {
        "shape_log_count": np.log1p(number[own]),
        "shape_mean_chars": np.where(mean < 1000, mean / 200, 5.0),
        "shape_links": linked[own] / (chars[own] + 1),
        "shape_share": chars[own] / (facts.chars.sum() or 1.0),
        "shape_sentences": ends[own] / number[own],
        "container_log_blocks": np.log1p(tree.blocks[places.chain[1]]),
        "same_parent_before": same_parent[at],
        "same_shape_before": same_shape[at],
        "same_parent_after": same_parent[at + 1],
        "same_shape_after": same_shape[at + 1],
    }


def _same_as_before(values: Any) -> Any:
    """Of each block, and of one behind the last, whether it has the same value as the block before it."""
    same = np.zeros(len(values) + 1, dtype=bool)
    same[1:-1] = values[1:] == values[:-1]
    return same


def _alike_columns(tree: Tree, chain: Any) -> Columns:
    """Elements of one class path over the whole page: teasers come many alike, each with little prose and a link."""
    shapes = tree.shape
    alike, chars = np.bincount(shapes), np.bincount(shapes, tree.prose_chars)
    linked = np.bincount(shapes, tree.link_chars)
    several = alike > 1
    each = np.where(
        several, np.minimum(4.0, np.bincount(shapes, tree.prose_blocks) / np.maximum(1, alike)), 0.0
    )
    share = np.where(several, linked / (chars + linked + 1), 0.0)
    rows = shapes[chain]
    return {
        numbered("siblings", LEVELS): np.log1p(_siblings(tree) - 1)[chain],
        numbered("alike", LEVELS): np.where(several, np.log1p(np.maximum(0, alike - 1)), 0.0)[rows],
        numbered("alike_prose", LEVELS): each[rows],
        numbered("alike_links", LEVELS): share[rows],
        numbered("teaser_list", LEVELS): ((alike > 2) & (each <= 1.5) & (share > 0.1))[rows],
    }


def _siblings(tree: Tree) -> Any:
    """How many children of an element's parent have its class path, itself included."""
    pairs = tree.parent * (tree.shape.max() + 1) + tree.shape
    order = np.argsort(pairs, kind="stable")
    ranked = pairs[order]
    starts = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1])))
    counts = np.diff(starts, append=len(pairs))
    siblings = np.empty_like(pairs)
    siblings[order] = np.repeat(counts, counts)
    return siblings


def headline_columns(facts: PageFacts, places: Places, size: Any, links: Any) -> Columns:
    """Where the block stands in the tree as seen from the headline, and in which `<article>`."""
    tree, own, found = facts.tree, places.chain[0], facts.headline_at >= 0
    only, article = tree.article.max() == 1, tree.article[own]
    anchor, down = anchors_of(facts)[own], depths_down(facts)
    share = tree.prose_chars[anchor] / (tree.prose_chars[0] or 1.0) * found
    headline_article = facts.page.blocks[facts.headline_at].element.article if found else 0
    in_article = article > 0
    same = in_article & (article == headline_article)
    return {
        "headline_up": np.minimum(12, (tree.depth[own] - tree.depth[anchor]) * found) / 4,
        "headline_down": np.minimum(12, down[anchor]) / 4,
        "headline_share": share,
        "same_article": same,
        "other_article": in_article & (headline_article > 0) & ~same,
        "later_article": article > 1,
        "only_article": in_article & only,
        "outside_only_article": (article == 0) & only,
        "headline_share_prose": share * (size > 60) * (links < 0.3),
    }


def depths_down(facts: PageFacts) -> Any:
    """For each element around the headline how many steps above it; 0 for all others."""
    down = np.zeros(len(facts.tree.parent), dtype=np.int64)
    down[list(facts.headline_depths)] = list(facts.headline_depths.values())
    return down


def anchors_of(facts: PageFacts) -> Any:
    """For each element the first one upwards that holds the headline; the root where there is none."""
    anchors = np.zeros(len(facts.tree.parent), dtype=np.int64)
    for element in reversed(facts.headline_depths):
        anchors[element : facts.tree.end[element]] = element
    return anchors


def title_columns(facts: PageFacts, places: Places, read: Columns) -> Columns:
    """How often the words of the page's title come up in the prose of the containers around the block."""
    tree, prose = facts.tree, facts.prose[facts.candidates]
    running = np.zeros((2, len(prose) + 1))
    np.cumsum((read["titled"] * prose, read["title_total"] * prose), axis=1, out=running[:, 1:])
    first, last = np.searchsorted(facts.candidates, tree.first), np.searchsorted(facts.candidates, tree.last)
    titled, words = running[:, last] - running[:, first]
    rates = np.minimum(1.0, 4 * titled / (words + 30))
    around = rates[places.chain[1:4]]
    return {
        numbered("titled", (1, 2, 3)): around,
        numbered("titled_against_page", (1, 2, 3)): around - rates[0],
    }

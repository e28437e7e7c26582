"""The named features of the candidates: what the first pass of the classifier sees. No verdict here."""

import numpy as np

from services.normalize.core.element_columns import (
    Tree,
    headline_columns,
    name_columns,
    share_columns,
    title_columns,
)
from services.normalize.core.facts import PageFacts
from services.normalize.core.line_features import line_columns
from services.normalize.core.place_columns import place_columns, prose_distances
from services.normalize.core.text_columns import Columns, read_texts, text_columns


def first_features(facts: PageFacts) -> Columns:
    """Feature name → one number for each candidate, in order; for a page its elements count, for a dump its lines."""
    blocks = facts.page.blocks
    at = np.array(facts.candidates, dtype=np.int64)
    size, links = np.array(facts.sizes)[at], np.array(facts.link_shares)[at]
    count = np.array([blocks[place].links for place in facts.candidates], dtype=np.float64)
    read = read_texts(facts)
    distances = prose_distances(facts, at)
    columns = text_columns(read, size, links, count) | place_columns(facts, at, distances)
    if facts.page.kind == "text":
        return columns | line_columns(blocks)
    tree = Tree(facts)
    columns |= name_columns(facts, tree, distances, size, links)
    columns |= share_columns(facts, tree, at)
    columns |= headline_columns(facts, tree, size, links)
    return columns | title_columns(facts, tree, at, read)

"""The named features of the candidates: what the first pass of the classifier sees. No verdict here."""

import numpy as np

from services.normalize.core.judging.columns import Columns
from services.normalize.core.judging.element_columns import headline_columns, share_columns, title_columns
from services.normalize.core.judging.facts import PageFacts
from services.normalize.core.judging.line_features import line_columns
from services.normalize.core.judging.name_columns import name_columns
from services.normalize.core.judging.place_columns import place_columns, prose_distances
from services.normalize.core.judging.places import read_places
from services.normalize.core.judging.text_columns import read_texts, text_columns


def first_features(facts: PageFacts) -> Columns:
    """Feature name → one number for each candidate, in order; for a page its elements count, for a dump its lines."""
    at = facts.candidates
    size, links = facts.chars[at], facts.link_shares[at]
    count = facts.measured["links"][at].astype(np.float64)
    read = read_texts(facts)
    distances = prose_distances(facts)
    columns = text_columns(read, size, links, count) | place_columns(facts, distances)
    if facts.page.kind == "text":
        return columns | line_columns(facts.page.blocks)
    places = read_places(facts)
    columns |= name_columns(facts, places, distances, size, links)
    columns |= share_columns(facts, places)
    columns |= headline_columns(facts, places, size, links)
    return columns | title_columns(facts, places, read)

"""Features of what the elements around a block are called: tags, containers, groups of class words."""

from typing import Any

import numpy as np

from services.normalize.core.judging.columns import Columns
from services.normalize.core.judging.facts import PageFacts
from services.normalize.core.judging.places import TEXT_TAGS, Places
from services.normalize.core.judging.tree import NEGATIVE
from services.normalize.core.words.class_words import GROUP_NAMES
from services.normalize.core.words.containers import CONTAINERS, OTHER_TAG, TAG_PLACE, TAGS

LIST_TAGS = np.isin(np.arange(OTHER_TAG + 1), [TAG_PLACE[name] for name in ("li", "dt", "dd")])
GROUPS = len(GROUP_NAMES)

TAG_KEY = tuple(f"tag_{name}" for name in (*TAGS, "other"))
TAG_PLACES = np.arange(OTHER_TAG + 1)[:, None]
NEGATIVE_KEY = tuple(f"negative_{most}" for most in (0, 1, 2, 4))
OWN_KEY, NEAR_KEY, FAR_KEY = (
    tuple(f"{scope}_{name}" for name in GROUP_NAMES) for scope in ("own", "near", "far")
)
IN_KEY = tuple(f"in_{name}" for name in CONTAINERS)
GROUP_BITS = np.arange(GROUPS)[:, None]
CONTAINER_BITS = np.arange(GROUPS, GROUPS + len(CONTAINERS))[:, None]


def name_columns(
    facts: PageFacts, places: Places, distances: tuple[Any, Any], size: Any, links: Any
) -> Columns:
    """What the block's element and those around it are called: tags, containers, groups of class words."""
    tree, chain = facts.tree, places.chain
    own, above, top = chain[0], chain[2], chain[3]
    inline = facts.measured["inline"][facts.candidates]
    negative = (tree.carried[chain] & NEGATIVE > 0) & (chain > 0)
    near = np.where(chain[1:3] > 0, tree.carried[chain[1:3]], 0)
    columns: Columns = {
        TAG_KEY: places.tags == TAG_PLACES,
        NEGATIVE_KEY: np.logical_or.accumulate(negative)[[0, 1, 2, 4]],
        "depth": np.minimum(tree.depth[own], 30) / 10,
        "hidden": tree.hidden[own],
        "inline_negative": (inline & NEGATIVE) > 0,
        OWN_KEY: (tree.flags[own] | inline) >> GROUP_BITS & 1,
        NEAR_KEY: (near[0] | near[1]) >> GROUP_BITS & 1,
        FAR_KEY: np.where(above > 0, tree.far[top], 0) >> GROUP_BITS & 1,
        IN_KEY: tree.far[own] >> CONTAINER_BITS & 1,
    }
    return columns | _tag_and_length(places.tags, distances, size, links)


def _tag_and_length(tags: Any, distances: tuple[Any, Any], size: Any, links: Any) -> Columns:
    """Tags mean different things for long and short, linked and plain text."""
    item, short = LIST_TAGS[tags], size < 60
    paragraph, heading, container = tags == 0, (tags >= 2) & (tags <= 6), tags >= TEXT_TAGS
    since, until = distances
    plain, linked = links < 0.3, links > 0.5
    return {
        "li_linked": item & linked,
        "li_plain": item & (links < 0.1),
        "li_short": item & (size < 40),
        "heading_linked": heading & linked,
        "heading_in_prose": heading & (since < 2) & (until < 2),
        "heading_no_prose_after": heading & (until > 1),
        "p_prose": paragraph & (size > 60) & plain,
        "p_short": paragraph & short,
        "div_short": container & short,
        "div_prose": container & ~short & plain,
        "p_linked": paragraph & (links > 0.8),
    }

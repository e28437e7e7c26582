"""Where the candidates stand in the page's tree: their tags, and the chains of elements above them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from services.normalize.core.judging.facts import PageFacts
from services.normalize.core.judging.tree import chain_of

TAGS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "td", "dd", "dt", "figcaption", "div",
        "section", "article")  # fmt: skip
OTHER_TAG = len(TAGS)
TAG_PLACE = {name: place for place, name in enumerate(TAGS)} | {"th": TAGS.index("td")}
TEXT_TAGS = 14  # the first of TAGS hold text themselves; the others are containers that may


@dataclass(slots=True, eq=False)
class Places:
    """Where the candidates stand: `chain[level]` is each one's element `level` steps up; `tags` the own tags' places."""

    chain: Any
    tags: Any


def read_places(facts: PageFacts) -> Places:
    """The candidates' chains of elements upwards and their tags."""
    return Places(chain_of(facts.tree.parent, leaves_of(facts)), tags_of(facts))


def tags_of(facts: PageFacts) -> Any:
    """The place of each candidate's own tag among TAGS."""
    blocks = facts.page.blocks
    tags = [TAG_PLACE.get(blocks[at].element.tag, OTHER_TAG) for at in facts.candidates.tolist()]
    return np.fromiter(tags, np.int64)


def leaves_of(facts: PageFacts) -> Any:
    """The number of the element that each candidate stands in."""
    return facts.measured["elements"][facts.candidates]

"""Where the candidates stand in the page's tree: their tags, and the chains of elements above them."""

from dataclasses import dataclass
from typing import Any

from services.normalize.core.judging.facts import PageFacts
from services.normalize.core.judging.tree import chain_of

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
    return facts.tree.tag[leaves_of(facts)]


def leaves_of(facts: PageFacts) -> Any:
    """The number of the element that each candidate stands in."""
    return facts.measured["elements"][facts.candidates]

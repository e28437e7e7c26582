"""What placing one article among the stories comes to. Values only."""

from dataclasses import dataclass
from typing import NewType

StoryId = NewType("StoryId", int)
"""Counted up within one topic, never used twice."""


@dataclass(frozen=True, slots=True)
class Move:
    """An article that is in another story than before."""

    article_id: str
    from_story: StoryId
    into_story: StoryId


@dataclass(frozen=True, slots=True)
class StoryDecision:
    """Where the article belongs, and what else changed by its coming.

    `article_id` stands for its whole group (the canonical's id): copies are one voice. `score` is the average link to
    the story it is in, 0 where it is alone. `moved` lists every other article whose story changed, `merged` stories
    that ended in another one (from, into), `split` new stories that came out of one (from, new). Nothing has changed
    in the index until `StoryIndex.apply` is called with the decision, after the archive has committed it.
    """

    article_id: str
    story_id: StoryId
    score: float
    is_new_story: bool = False
    moved: tuple[Move, ...] = ()
    merged: tuple[tuple[StoryId, StoryId], ...] = ()
    split: tuple[tuple[StoryId, StoryId], ...] = ()
    next_story_id: StoryId = StoryId(1)
    replaces: tuple[str, ...] = ()
    capped: bool = False

"""Who is in which story, and what each story weighs: the rows behind the index of one topic. In memory, no I/O."""

from array import array
from collections.abc import Iterator, Sequence

from .arithmetic import added, dots, new_articles
from .lone_articles import LoneArticles
from .vectors import Packed, Weights

GONE = 0
"""In place of the story of a row that is not here any more; stories are numbered from 1."""


class Holdings:
    """Articles by row, each in one story; a story's sum is that of its articles' vectors.

    Rows are counted up and never used twice, so that a posting of one that is gone finds nobody. Two of three stories
    are one article: those have no list and no sum of their own, their article's vector is their sum.
    """

    def __init__(self) -> None:
        self.articles = new_articles()
        self.story_of = array("q")
        self._alone = LoneArticles()
        self._members: dict[int, list[int]] = {}
        self._sums: dict[int, Packed] = {}

    def add(self, name: str, vector: Packed, story_id: int) -> int:
        """Put an article that is not here into a story; returns its row."""
        row = self.articles.add(name, vector)
        self.story_of.append(GONE)
        self._put_in(row, story_id)
        return row

    def move(self, row: int, story_id: int) -> None:
        """Put an article into another story."""
        if self.story_of[row] != story_id:
            self._take_out(row)
            self._put_in(row, story_id)

    def remove(self, name: str) -> None:
        """Take an article out, if it is here."""
        row = self.articles.row(name)
        if row is not None:
            self._take_out(row)
            self.articles.remove(name)

    def members_of(self, story_id: int) -> Sequence[int]:
        """The rows of a story's articles in the order they came; empty where there is no such story."""
        row = self._alone.row(story_id)
        return self._members.get(story_id, ()) if row is None else (row,)

    def stories(self) -> Iterator[int]:
        """The stories that have articles, each once."""
        return iter({story for story in self.story_of if story != GONE})

    def renumber(self, first: int, shift: int) -> None:
        """Give the stories from `first` on numbers that are higher by `shift`."""
        for story in sorted((story for story in self.stories() if story >= first), reverse=True):
            for row in self.members_of(story):
                self.story_of[row] = story + shift
            if story in self._members:
                self._members[story + shift] = self._members.pop(story)
                self._sums[story + shift] = self._sums.pop(story)
            else:
                self._alone.put(story + shift, self.members_of(story)[0])
                self._alone.remove(story)

    def average_links(self, vector: Weights, stories: Sequence[int], without: set[int]) -> list[float]:
        """The mean similarity of a vector to each story's articles but for some rows, exact; 0 where none is left."""
        wholes = dots(vector, [self._sum_of(story_id) for story_id in stories])
        return [
            self._link_without(vector, story_id, whole, without)
            for story_id, whole in zip(stories, wholes, strict=True)
        ]

    def _sum_of(self, story_id: int) -> Packed:
        row = self._alone.row(story_id)
        return self._sums[story_id] if row is None else self.articles.vector(row)

    def _link_without(self, vector: Weights, story_id: int, whole: float, without: set[int]) -> float:
        rows = self.members_of(story_id)
        going = without.intersection(rows) if without else without
        if len(going) == len(rows):
            return 0.0
        left = whole - sum(dots(vector, [self.articles.vector(row) for row in going])) if going else whole
        return left / (len(rows) - len(going))

    def _put_in(self, row: int, story_id: int) -> None:
        self.story_of[row] = story_id
        rows = self.members_of(story_id)
        if not rows:
            self._alone.put(story_id, row)
            return
        self._sums[story_id] = added(self._sum_of(story_id), self.articles.vector(row))
        if story_id in self._members:
            self._members[story_id].append(row)
        else:
            self._members[story_id] = [*rows, row]
            self._alone.remove(story_id)

    def _take_out(self, row: int) -> None:
        story_id = self.story_of[row]
        self.story_of[row] = GONE
        if story_id not in self._members:
            self._alone.remove(story_id)
        elif len(self._members[story_id]) == 1:
            del self._members[story_id], self._sums[story_id]
        else:  # one that is left alone keeps the rounded sum: what is decided must not depend on how it is kept
            self._members[story_id].remove(row)
            self._sums[story_id] = added(self._sums[story_id], self.articles.vector(row), -1.0)

"""Who is in which story, and what each story weighs: the rows behind the index of one topic. In memory, no I/O."""

from collections.abc import Sequence
from itertools import count

from .arithmetic import added, dots
from .vectors import Packed, Weights


class Holdings:
    """Articles by row, each in one story; a story's sum is that of its articles' vectors.

    Rows are never used twice, so that a posting of one that is gone finds nobody.
    """

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.names: dict[int, str] = {}
        self.vectors: dict[int, Packed] = {}
        self.story_of: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}
        self.sums: dict[int, Packed] = {}
        self._free = count()

    def add(self, name: str, vector: Packed, story_id: int) -> int:
        """Put an article that is not here into a story; returns its row."""
        row = next(self._free)
        self.rows[name], self.names[row], self.vectors[row] = row, name, vector
        self._put_in(row, story_id)
        return row

    def move(self, row: int, story_id: int) -> None:
        """Put an article into another story."""
        if self.story_of[row] != story_id:
            self._take_out(row)
            self._put_in(row, story_id)

    def remove(self, name: str) -> None:
        """Take an article out, if it is here."""
        row = self.rows.pop(name, None)
        if row is not None:
            self._take_out(row)
            del self.names[row], self.vectors[row]

    def renumber(self, first: int, shift: int) -> None:
        """Give the stories from `first` on numbers that are higher by `shift`."""
        for story in sorted((story for story in self.members if story >= first), reverse=True):
            self.members[story + shift] = self.members.pop(story)
            self.sums[story + shift] = self.sums.pop(story)
            for row in self.members[story + shift]:
                self.story_of[row] = story + shift

    def average_links(self, vector: Weights, stories: Sequence[int], without: set[int]) -> list[float]:
        """The mean similarity of a vector to each story's articles but for some rows, exact; 0 where none is left."""
        wholes = dots(vector, [self.sums[story_id] for story_id in stories])
        return [
            self._link_without(vector, story_id, whole, without)
            for story_id, whole in zip(stories, wholes, strict=True)
        ]

    def _link_without(self, vector: Weights, story_id: int, whole: float, without: set[int]) -> float:
        rows = self.members[story_id]
        going = without.intersection(rows) if without else without
        if len(going) == len(rows):
            return 0.0
        left = whole - sum(dots(vector, [self.vectors[row] for row in going])) if going else whole
        return left / (len(rows) - len(going))

    def _put_in(self, row: int, story_id: int) -> None:
        self.story_of[row] = story_id
        vector = self.vectors[row]
        if story_id in self.members:
            self.members[story_id].append(row)
            self.sums[story_id] = added(self.sums[story_id], vector)
        else:  # two of three stories are one article: its vector is their sum, and takes no memory twice
            self.members[story_id], self.sums[story_id] = [row], vector

    def _take_out(self, row: int) -> None:
        story_id = self.story_of.pop(row)
        rows = self.members[story_id]
        rows.remove(row)
        if rows:
            self.sums[story_id] = added(self.sums[story_id], self.vectors[row], -1.0)
        else:
            del self.members[story_id], self.sums[story_id]

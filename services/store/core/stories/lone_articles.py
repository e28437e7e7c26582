"""The stories of one article, by number: four bytes each, since the numbers of a topic's stories are counted up."""

from array import array

PAGE_BITS = 8
PAGE = 1 << PAGE_BITS
NOBODY = 0


class LoneArticles:
    """The row of each story's only article, in pages of 256 stories."""

    def __init__(self) -> None:
        self._pages: dict[int, array[int]] = {}

    def row(self, story_id: int) -> int | None:
        """The row of the story's only article; None where there is no such story."""
        page = self._pages.get(story_id >> PAGE_BITS)
        kept = page[story_id % PAGE] if page is not None else NOBODY
        return None if kept == NOBODY else kept - 1

    def put(self, story_id: int, row: int) -> None:
        """Note a story and its only article."""
        page = self._pages.get(story_id >> PAGE_BITS)
        if page is None:
            page = self._pages[story_id >> PAGE_BITS] = array("I", bytes(4 * PAGE))
        page[story_id % PAGE] = row + 1

    def remove(self, story_id: int) -> None:
        """The story has ended, or is one of several articles now."""
        self._pages[story_id >> PAGE_BITS][story_id % PAGE] = NOBODY

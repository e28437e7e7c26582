"""What is remembered of a listed entry, and whether it has changed since. Pure."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime

RENEWED_AFTER_DAYS = 7  # a mark of an entry that is still listed is written anew,
MARKS_KEPT_DAYS = 60  # one that was not for so long is cleared
MOST_TITLES = 4  # two lists of one source may word an entry differently, each over and over


@dataclass(frozen=True)
class SeenMark:
    """The hashes of the titles an entry was listed under, newest last, and its newest `updated` stamp (Unix seconds).

    No guid: some feeds change them at each poll. An entry without a stamp of its own carries the moment it was first
    seen, so that another list's stamp from before then is no change. `day` (since 1970) is when the mark was last
    written, for the clearing of old ones; it makes no difference.
    """

    titles: tuple[str, ...] = ()
    updated: int = 0
    day: int = field(default=0, compare=False)

    def text(self) -> str:
        """The mark as it stands in Redis."""
        return f"{','.join(self.titles)}:{self.updated}:{self.day}"

    @classmethod
    def of_text(cls, text: str) -> "SeenMark":
        """Read a mark back."""
        titles, updated, day = (*text.split(":"), "0", "0")[:3]
        return cls(tuple(filter(None, titles.split(","))), int(updated or 0), int(day or 0))

    def has_changed(self, now: "SeenMark") -> bool:
        """Whether the entry as listed now is news: a title it never had, or a later stamp.

        What a list does not say is no change: a sitemap knows no titles, many feeds no stamps.
        """
        return self.has_new_title(now) or now.updated > self.updated

    def has_new_title(self, now: "SeenMark") -> bool:
        """Whether the entry stands under a title that it never had."""
        return bool(self.titles and set(now.titles) - set(self.titles))

    def with_later(self, now: "SeenMark") -> "SeenMark":
        """Everything known of the entry, with what is listed now."""
        kept = tuple(title for title in self.titles if title not in now.titles)
        return SeenMark((*kept, *now.titles)[-MOST_TITLES:], max(self.updated, now.updated), now.day)

    def first_seen(self, now: datetime) -> "SeenMark":
        """The mark of an entry nobody had seen before."""
        return self if self.updated else replace(self, updated=int(now.timestamp()))


def mark_of(title: str | None, updated: datetime | None, day: int = 0) -> SeenMark:
    """What one listing of an entry shows."""
    words = " ".join((title or "").split())
    titles = (hashlib.sha256(words.encode()).hexdigest()[:12],) if words else ()
    return SeenMark(titles, int(updated.timestamp()) if updated else 0, day)


def day_number(moment: datetime) -> int:
    """Days since 1970."""
    return int(moment.timestamp() // 86_400)


def is_due_anew(mark: SeenMark | None, today: int) -> bool:
    """Whether the mark of an entry that is still listed is to be written anew."""
    return mark is not None and mark.day < today - RENEWED_AFTER_DAYS


def is_outdated(mark: SeenMark, today: int) -> bool:
    """Whether a mark is so old that its entry has long left its list."""
    return today - mark.day > MARKS_KEPT_DAYS

"""What `cleanwire dead list` says of a cause."""

from datetime import UTC, datetime

from services.console.dead_text import group_line
from services.runtime.delivery.dead import DeadGroup


def test_cause_is_told_with_its_count_and_when_it_was_first_and_last_seen() -> None:
    first, last = datetime(2026, 1, 2, 3, 4, tzinfo=UTC), datetime(2026, 1, 5, 6, 7, tzinfo=UTC)
    line = group_line(DeadGroup("articles.raw", "5f0c21ab", "why", 12, first, last, ("1-0", "2-0")))
    assert line.split() == (
        ["5f0c21ab", "12", "2026-01-02", "03:04", "to", "2026-01-05", "06:07", "articles.raw/2-0", "why"]
    )

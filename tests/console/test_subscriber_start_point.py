"""What `--from` may say, and where a group then begins."""

from datetime import UTC, datetime

import pytest

from services.console.subscribers.start_point import MAX_SEQUENCE, read_start_point

NOW = datetime(2025, 12, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("0", "0"),
        ("0-0", "0"),
        ("$", "$"),
        ("1764547200000-3", "1764547200000-3"),
        ("1764547200000", "1764547200000-0"),
        ("2025-12-01", f"1764547199999-{MAX_SEQUENCE}"),
        (" 2025-12-01T03:00:00+03:00 ", f"1764547199999-{MAX_SEQUENCE}"),
        ("2025-12-01T00:00", f"1764547199999-{MAX_SEQUENCE}"),
        ("1970-01-01", "0"),
    ],
)
def test_a_start_point_is_the_id_before_the_first_entry_wanted(text: str, after: str) -> None:
    assert read_start_point(text, NOW).after == after


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "20251201",
        "12",
        "-5",
        "5-",
        "2025-13-01",
        "0x5",
        "9" * 30,
        "1764547200000-" + "9" * 20,
    ],
)
def test_an_unknown_start_point_is_told_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=r"unknown start point .*allowed: 0 .*\$ .*entry id"):
        read_start_point(text, NOW)


def test_a_start_point_in_the_future_is_refused() -> None:
    with pytest.raises(ValueError, match="lies in the future"):
        read_start_point("2026-01-01", NOW)

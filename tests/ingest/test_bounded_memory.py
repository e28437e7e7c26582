"""Hostile bodies cost bounded memory: measured on a process of their own (`tests/web/growth.py`)."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GROWTH_LIMIT_MB = 40


def growth_of(case: str, kind: str) -> tuple[str, int]:
    """How the answer ended, and by how many MB the process grew over it."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.web.growth", case, kind],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    said, grown_mb = told.stdout.strip().split("|")
    return said, int(grown_mb)


@pytest.mark.parametrize(
    ("case", "kind", "reason"),
    [
        ("gzip", "article", "bomb"),
        ("deflate", "article", "bomb"),
        ("br", "article", "bomb"),
        ("zstd", "article", "bomb"),
        ("endless_chunks", "article", "too large"),
        ("header_flood", "article", "protocol"),
        ("feed of 200 MB", "feed", "too large"),
        ("feed of 200 MB", "sitemap", "too large"),
        ("billion laughs", "feed", "read"),
        ("billion laughs", "search", "read"),
        ("billion laughs", "sitemap", "not a sitemap"),
    ],
)
def test_nothing_hostile_makes_the_process_grow(case: str, kind: str, reason: str) -> None:
    said, grown_mb = growth_of(case, kind)
    assert said == reason
    assert grown_mb < GROWTH_LIMIT_MB


def test_the_measure_itself_can_fail() -> None:
    """Without our limits the smallest bomb does what it was built for."""
    _, grown_mb = growth_of("gzip", "unlimited")
    assert grown_mb > GROWTH_LIMIT_MB

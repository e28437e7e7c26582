"""Resident memory of this process, for the tests of what compiled parts give back."""

import os
from pathlib import Path

import pytest

_STATM = Path("/proc/self/statm")
needs_proc = pytest.mark.skipif(not _STATM.exists(), reason="memory is read from Linux's /proc")


def resident_bytes() -> int:
    """What of this process stands in memory now, in bytes (`man proc`, the second number of statm, in pages)."""
    return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

"""Everything dies, nothing is lost or doubled: the real services over a small web, under faults: `./run bench chaos`."""

from .command import main

__all__ = ["main"]

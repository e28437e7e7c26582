"""The archive: claims a second and its size as it grows, and the race of copies, on SQLite and PostgreSQL."""

from bench.store.command import main

__all__ = ["main"]

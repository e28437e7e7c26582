"""Ingest: pages/s against a bare httpx loop, the cost of following 5,000 sources, and ten hours of three replicas."""

from bench.ingest.command import main

__all__ = ["main"]

"""Extraction: quality under folds by site, and CPU, beside trafilatura, resiliparse, readability-lxml, newspaper4k."""

from bench.extraction.command import main

__all__ = ["main"]

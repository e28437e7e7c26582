"""How common a word is anywhere: document rates from the shipped table (its licence stands beside it). Data only."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from .terms import term_hash

TABLE = Path(__file__).with_name("background.tsv")


@cache
def background_rates() -> Mapping[int, float]:
    """For each term's hash, the share of documents it stands in, 0 to 1. Read once; see `bench/background.py`."""
    rates: dict[int, float] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            stem, per_million = line.split("\t")
            rates[term_hash(stem)] = int(per_million) / 1e6
    return MappingProxyType(rates)

"""Our claims beside the peers' indexes on the same texts in the same run: theirs keep nothing and verify nothing."""

import argparse
import asyncio
import time
from collections import Counter
from pathlib import Path

from bench.dedup_peers import run_peers
from bench.sameness_data import print_table
from bench.store.messages import race_messages
from bench.store.racing import claim_at_once, empty_archive
from services.store.core.words import words_of

ARTICLES, COPIES = 150, 5


def print_beside(folder: str, asked: argparse.Namespace) -> None:
    """150 articles, each five times with four words of 250 edited, in no order."""
    incomings = race_messages(11, ARTICLES, COPIES)
    url = f"sqlite:///{Path(folder) / 'beside.db'}"
    empty_archive(url)
    began = time.process_time()
    verdicts = asyncio.run(claim_at_once(url, incomings, 16))
    took = 1e3 * (time.process_time() - began) / len(incomings)
    copies = ARTICLES * (COPIES - 1)
    lines: list[tuple[object, ...]] = [("cleanwire, claimed into SQLite", verdicts["copy"], took)]
    for peer in run_peers(asked.peers_python, [words_of(one.member.text) for one in incomings]):
        tied = sum(count - 1 for count in Counter(peer.labels).values())
        lines.append((f"{peer.name}, in memory, nothing verified or kept", tied, peer.cpu_ms))
    print_table("the same texts", ("who", f"tied, of {copies} copies", "CPU ms an article"), lines)

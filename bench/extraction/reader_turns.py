"""The compiled reader and Python's over the same pages in turns: CPU a page, and that both give the same article."""

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import fmean, median

from bench.extraction.corpus import load_pages
from bench.extraction.ours import WARMING
from services.normalize.core.reading.page import read_page
from services.normalize.core.reading.reader import choose_reader
from services.normalize.extract import Extraction, extract

TURNS = 3


def print_reader_turns(data: Path, step: int = 6) -> None:
    """Every `step`-th page, both readers after each other, the best of three turns a page."""
    readers = choose_reader(), choose_reader(compiled=False)
    if readers[0].why_not:
        print(f"the compiled reader: {readers[0].why_not}")
        return
    for reader in readers:
        extract(WARMING, "https://a.example/", "text/html", reader=reader)
    pages = [(one.html, one.row["url"]) for one in load_pages(data)][::step]
    reading: dict[str, list[float]] = {reader.name: [] for reader in readers}
    whole: dict[str, list[float]] = {reader.name: [] for reader in readers}
    unequal = 0
    for html, url in pages:
        found = [extract(html, url, reader=reader) for reader in readers]
        unequal += _said(found[0]) != _said(found[1])
        for reader in readers:
            reading[reader.name].append(_best_ms(partial(read_page, html, url, reader=reader)))
            whole[reader.name].append(_best_ms(partial(extract, html, url, reader=reader)))
    load = os.getloadavg()[0]
    print(f"{len(pages)} pages, best of {TURNS} turns; {unequal} articles differ; load {load:.1f}")
    _print_row("read", reading)
    _print_row("whole", whole)


def _said(found: object) -> object:
    return found.as_dict() if isinstance(found, Extraction) else found


def _best_ms(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(TURNS):
        start = time.thread_time_ns()
        work()
        spent.append(time.thread_time_ns() - start)
    return min(spent) / 1e6


def _print_row(name: str, ms: dict[str, list[float]]) -> None:
    ratio = median(slow / fast for slow, fast in zip(ms["python"], ms["compiled"], strict=True))
    cells = "  ".join(
        f"{reader} mean {fmean(spent):.2f} ms median {median(spent):.2f}" for reader, spent in ms.items()
    )
    print(f"{name:6} {cells}  a page is {ratio:.2f} times as fast")

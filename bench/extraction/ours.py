"""Our engine over the data, each page judged by the model of the folds that do not hold its site."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

from selectolax.lexbor import LexborHTMLParser

from bench.extraction.adapter import extract_plain
from bench.extraction.corpus import ARTICLE_SETS, load_pages
from bench.extraction.figures import PageScore, score_page
from bench.extraction.samples import load_dumps
from bench.extraction.train import fold_passes, load_samples
from services.normalize.core.judging.model import Passes
from services.normalize.core.metadata.language import language_model
from services.runtime.collector import spare_what_is_there

PARAGRAPH = (
    "<p>The envoy arrived on Tuesday for talks that both sides called constructive and long overdue.</p>"
)
WARMING = f"<html><h1>Envoy arrives</h1><article>{PARAGRAPH * 8}</article></html>".encode()


def passes_by_fold(data: Path, kind: str) -> dict[int, Passes]:
    """The models of the folds, trained now."""
    return fold_passes(load_samples(data, kind), kind)


def score_ours(
    data: Path, passes: dict[int, Passes], sets: tuple[str, ...] = ARTICLE_SETS
) -> Iterator[PageScore]:
    """Our figures on HTML pages, metadata included in the time; what a process reads once, as the service does at its
    start, is not the first page's cost: imports, tables, the language model. Nor is what the training of the folds left
    for the garbage collector to look through; the peers' processes are given the same settings.
    """
    language_model()
    extract_plain(WARMING, "https://a.example/", content_type="text/html")
    spare_what_is_there()
    for page in load_pages(data, sets):
        start = time.process_time()
        found = extract_plain(page.html, page.row["url"], passes=passes[page.fold])
        spent = time.process_time() - start
        yield score_page(page.dataset, page.suspect, page.row, found, spent * 1000)


def score_dumps(data: Path, passes: dict[int, Passes]) -> Iterator[PageScore]:
    """Our figures on the pages' plain-text dumps."""
    for dump in load_dumps(data):
        start = time.process_time()
        found = extract_plain(dump.dump.encode(), "", passes=passes[dump.fold], content_type="text/plain")
        spent = time.process_time() - start
        row = {"text": dump.text, "site": dump.site}
        yield score_page(dump.dataset, dump.suspect, row, found, spent * 1000)


def parse_alone_ms(data: Path, sets: tuple[str, ...] = ARTICLE_SETS) -> float:
    """The floor: mean CPU milliseconds to parse a page's bytes and do nothing else."""
    spent = []
    for page in load_pages(data, sets):
        start = time.process_time()
        LexborHTMLParser(page.html)
        spent.append(time.process_time() - start)
    return 1000 * fmean(spent)

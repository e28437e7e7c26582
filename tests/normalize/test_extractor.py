"""The thread that extracts: one page that does not end takes no other page with it."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from services.contracts.failures import Unprocessable
from services.normalize.core.reading.reader import Reader, choose_reader
from services.normalize.core.rejections import Rejection
from services.normalize.extract import extract
from services.normalize.extractor import Extractor

SENTENCE = "The envoy came to the town hall on Tuesday and spoke with the mayor about the ferry, the harbour and the school. "
PAGE = f"<html lang=en><title>Envoy</title><body><article><h1>Envoy</h1><p>{SENTENCE}<p>{SENTENCE}<p>{SENTENCE}</article>".encode()
HANGING = PAGE.replace(b"Envoy</title>", b"Hanging</title>")


@pytest.fixture
def stubborn() -> Iterator[Reader]:
    """Python's reader, which does not come back from a page called Hanging until the test is over."""
    stock, over = choose_reader(compiled=False), threading.Event()

    def read_head(tree: Any) -> Any:
        if b"Hanging" in tree.html.encode():
            over.wait(60)
        return stock.read_head(tree)

    extract(PAGE, reader=stock)  # what is read once is read before a clock runs
    yield replace(stock, read_head=read_head)
    over.set()


async def test_pages_behind_one_that_hangs_come_out(stubborn: Reader) -> None:
    extractor = Extractor(limit_s=3.0, reader=stubborn)
    found = await asyncio.gather(
        *(extractor.extract(page, "https://paper.example/1", None) for page in (PAGE, HANGING, PAGE, PAGE)),
        return_exceptions=True,
    )
    await extractor.close()
    assert [type(one) is Unprocessable for one in found] == [False, True, False, False]
    assert not any(isinstance(one, Exception | Rejection) for one in (found[0], *found[2:]))


async def test_time_in_the_queue_does_not_count(stubborn: Reader) -> None:
    """Each page of these takes less than the limit, all of them together more."""

    def read_head(tree: Any) -> Any:
        threading.Event().wait(0.5)
        return stubborn.read_head(tree)

    extractor = Extractor(limit_s=3.0, reader=replace(stubborn, read_head=read_head))
    found = await asyncio.gather(
        *(extractor.extract(PAGE, f"https://paper.example/{n}", None) for n in range(8))
    )
    await extractor.close()
    assert not any(isinstance(one, Rejection) for one in found)


async def test_page_that_nobody_waits_for_any_longer_is_taken_from_the_queue(stubborn: Reader) -> None:
    extractor = Extractor(limit_s=30.0, reader=stubborn)
    hanging = asyncio.ensure_future(extractor.extract(HANGING, "https://paper.example/1", None))
    waiting = asyncio.ensure_future(extractor.extract(PAGE, "https://paper.example/2", None))
    await asyncio.sleep(0)
    for one in (waiting, hanging):
        one.cancel()
    ended = await asyncio.gather(waiting, hanging, return_exceptions=True)
    assert [type(one) for one in ended] == [asyncio.CancelledError, asyncio.CancelledError]
    await extractor.close()

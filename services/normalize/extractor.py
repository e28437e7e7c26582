"""The thread that extracts: the event loop goes on reading, renewing and answering probes beside it."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from services.contracts.failures import Unprocessable
from services.normalize.core.metadata.language import language_model
from services.normalize.core.reading.reader import SHIPPED, Reader
from services.normalize.core.rejections import Rejection
from services.normalize.extract import Extraction, extract

LIMIT_S = 20.0  # below the visibility time; the worst page of the hostile corpus takes 2 s


class Extractor:
    """One page at a time in a thread of its own (docs/decisions/0020: why no process)."""

    def __init__(self, limit_s: float = LIMIT_S, reader: Reader = SHIPPED) -> None:
        self._limit_s, self._extract = limit_s, partial(extract, reader=reader)
        self._thread = _new_thread()

    async def get_ready(self) -> None:
        """Have the language model read, in the thread, before a page waits for it (docs/decisions/0105)."""
        await asyncio.get_running_loop().run_in_executor(self._thread, language_model)

    async def extract(self, page: bytes, url: str, content_type: str | None) -> Extraction | Rejection:
        """As `services.normalize.extract`. Raises Unprocessable for a page that has had the thread for longer than the limit."""
        while True:
            thread, began = self._thread, list[float]()
            work = asyncio.get_running_loop().run_in_executor(
                thread, self._begin, began, page, url, content_type
            )
            try:
                await self._done(work, began)
            except TimeoutError:
                self._abandon(thread)
                raise Unprocessable(f"extraction took longer than {self._limit_s:g} s") from None
            finally:
                work.cancel()
            if thread is self._thread or not work.cancelled():
                return work.result()

    def _begin(
        self, began: list[float], page: bytes, url: str, content_type: str | None
    ) -> Extraction | Rejection:
        began.append(time.monotonic())
        return self._extract(page, url, content_type)

    async def _done(self, work: asyncio.Future[Extraction | Rejection], began: list[float]) -> None:
        """Until it is; the wait for the pages before it does not count. Raises TimeoutError."""
        while not work.done():
            left = self._limit_s - (time.monotonic() - began[0] if began else 0.0)
            if left <= 0:
                raise TimeoutError
            await asyncio.wait((work,), timeout=left)

    async def close(self) -> None:
        """Take no more pages; the one under work ends by itself."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _abandon(self, thread: ThreadPoolExecutor) -> None:
        """A thread cannot be stopped: the pages that wait behind this one get a new one."""
        if thread is self._thread:
            self._thread = _new_thread()
        thread.shutdown(wait=False, cancel_futures=True)


def _new_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="extract")

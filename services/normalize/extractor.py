"""The thread that extracts: the event loop goes on reading, renewing and answering probes beside it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from services.contracts.failures import Unprocessable
from services.normalize.core.metadata.language import language_model
from services.normalize.core.reading.compiled import SHIPPED, Reader
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
        """As `services.normalize.extract`. Raises Unprocessable for a page that takes longer than the limit."""
        work = asyncio.get_running_loop().run_in_executor(
            self._thread, self._extract, page, url, content_type
        )
        try:
            return await asyncio.wait_for(work, self._limit_s)
        except TimeoutError:
            self._abandon()
            raise Unprocessable(f"extraction took longer than {self._limit_s:g} s") from None

    async def close(self) -> None:
        """Take no more pages; the one under work ends by itself."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _abandon(self) -> None:
        """A thread cannot be stopped: the next page gets a new one."""
        self._thread.shutdown(wait=False)
        self._thread = _new_thread()


def _new_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="extract")

"""Name servers that say nothing hold up the names that were asked for, and nothing else of ingest."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from services.ingest.fetching.guard import resolve_name

ASKED = 40  # above the threads of asyncio's own pool, 32 at most


async def test_lists_are_read_while_name_servers_are_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def answer_late(*_: Any, **__: Any) -> list[Any]:
        answered.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", answer_late)
    asked = [asyncio.ensure_future(resolve_name(f"{number}.invalid", 443)) for number in range(ASKED)]
    await asyncio.sleep(0)  # all of them have asked
    try:
        # Lists are parsed in asyncio's pool; with the look-ups in it this would wait for their answer.
        async with asyncio.timeout(30):
            assert await asyncio.to_thread(lambda: "parsed") == "parsed"
        assert not any(one.done() for one in asked)
    finally:
        answered.set()
        await asyncio.gather(*asked)

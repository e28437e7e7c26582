"""Ending tasks for certain: a client library may swallow a cancellation that meets it at the wrong moment."""

import asyncio
from collections.abc import Iterable
from typing import Any

CANCEL_AGAIN_S = 1.0


async def cancel_until_ended(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel, and cancel again, until every task has ended; what they raised is not raised here."""
    all_of_them = list(tasks)
    pending = set(all_of_them)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_S)
    await asyncio.gather(*all_of_them, return_exceptions=True)

"""No claim waits for another that comes after it: the next transaction begins by itself."""

import asyncio
from collections.abc import Sequence

from services.store.claim.gathering import Gathering
from services.store.claim.incoming import Incoming, incoming_of
from services.store.claim.settling import Settled
from tests.store.builders import make_article


def report(number: int) -> Incoming:
    return incoming_of(make_article(f"https://o{number}.example/a", seed=number, title=f"Headline {number}"))


async def test_claim_that_comes_as_both_transactions_end_is_not_left_waiting() -> None:
    may_end = asyncio.Event()

    async def settle_together(incomings: Sequence[Incoming]) -> list[Settled | None]:
        await may_end.wait()
        ids = [incoming.member.article_id for incoming in incomings]
        return [Settled(article_id=one, canonical_id=one, verdict="new", revision=1) for one in ids]

    gathering = Gathering(settle_together)

    async def two_in_a_row() -> None:
        await gathering.settle(report(1))
        await gathering.settle(report(2))

    first = asyncio.create_task(two_in_a_row())
    await _steps(5)  # its transaction has begun: the next one is another
    second = asyncio.create_task(gathering.settle(report(3)))
    await _steps(5)
    may_end.set()
    await asyncio.wait_for(asyncio.gather(first, second), 10)


async def _steps(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)

"""Tasks are ended for certain, though one of them loses a cancellation."""

import asyncio

from services.runtime.delivery.cancelling import cancel_until_ended


async def test_a_task_that_swallows_its_first_cancellation_is_ended_all_the_same() -> None:
    swallowed = 0

    async def loop_that_loses_one() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(3_600)
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed > 1:
                    raise

    task = asyncio.create_task(loop_that_loses_one())
    await asyncio.sleep(0)
    await asyncio.wait_for(cancel_until_ended([task]), 30)
    assert swallowed == 2
    assert task.cancelled()


async def test_what_a_task_raised_is_not_raised_again() -> None:
    async def fault() -> None:
        raise ValueError("told elsewhere")

    task = asyncio.create_task(fault())
    await cancel_until_ended([task])
    assert task.done()

"""Closing steps have their time, and one that hangs or fails keeps none of the others from its turn."""

import asyncio

from structlog.testing import capture_logs

from services.runtime.ending import close_all


async def test_a_step_that_hangs_is_given_up_and_those_after_it_have_their_turn() -> None:
    closed = []

    async def hang() -> None:
        await asyncio.sleep(3_600)

    async def close() -> None:
        closed.append("last")

    with capture_logs() as lines:
        await asyncio.wait_for(close_all([hang, close], within_s=0.1), 30)

    assert closed == ["last"]
    ((event, step),) = [(line["event"], line["step"]) for line in lines]
    assert event == "closing_given_up"
    assert step.endswith("hang")


async def test_a_step_that_swallows_its_cancellation_is_not_waited_for() -> None:
    go_on = asyncio.Event()

    async def swallow() -> None:
        while not go_on.is_set():
            try:
                await go_on.wait()
            except asyncio.CancelledError:
                continue

    await asyncio.wait_for(close_all([swallow], within_s=0.1), 30)
    go_on.set()


async def test_a_step_that_fails_is_told_and_those_after_it_have_their_turn() -> None:
    closed = []

    async def fail() -> None:
        raise OSError("the disk is gone")

    async def close() -> None:
        closed.append("last")

    with capture_logs() as lines:
        await close_all([fail, close])

    assert closed == ["last"]
    assert [(line["event"], line["reason"]) for line in lines] == [
        ("closing_failed", "OSError: the disk is gone")
    ]

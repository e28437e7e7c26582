"""The real services over a small web, under faults: every article stands exactly once on the clean stream."""

import pytest

from bench.chaos.run import Plan, run_chaos


@pytest.mark.timeout(240)
async def test_services_that_die_lose_and_double_nothing() -> None:
    """Kills, zombies, a crashing, full and cut server, a lost group; dead letters are exactly the poison."""
    outcome = await run_chaos(Plan(pages=80, hosts=4, seconds=20, fault_every_s=1.0, drain_s=90, seed=5))
    assert outcome.verdict.late == []
    assert outcome.verdict.doubled == []
    assert outcome.verdict.wrong == []
    assert outcome.unfinished == {}
    assert outcome.is_clean
    assert sum(outcome.faults.values()) >= 8

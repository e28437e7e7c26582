"""The real services over a small web, under faults: every article stands exactly once on the clean stream."""

import pytest

from bench.chaos.clock import libfaketime
from bench.chaos.outcome import Plan
from bench.chaos.run import run_chaos

CLOCK = ("clock",) if libfaketime() else ()  # CI installs it; elsewhere the other faults must do
SHORT = Plan(pages=80, hosts=4, seconds=20, fault_every_s=0.5, drain_s=300, extra=CLOCK)


@pytest.mark.timeout(480)
@pytest.mark.parametrize(("topology", "seed"), [("sqlite", 5), ("postgresql", 6)])
async def test_services_that_die_lose_and_double_nothing(topology: str, seed: int) -> None:
    """Kills, zombies, cut networks, full and crashing servers, clock steps; dead letters are exactly the poison."""
    outcome = await run_chaos(Plan(**{**vars(SHORT), "topology": topology, "seed": seed}))
    assert outcome.findings == []
    assert outcome.is_clean
    assert sum(outcome.faults.values()) >= 5


@pytest.mark.timeout(240)
async def test_run_without_one_of_the_rules_is_not_clean() -> None:
    """The control: entries acknowledged before their result is safe are lost with the process that held them."""
    plan = Plan(pages=80, hosts=4, seconds=15, fault_every_s=0.3, drain_s=20, deck=("kill", "stage"), seed=7)
    outcome = await run_chaos(Plan(**{**vars(plan), "without": ("acknowledge-last",)}))
    assert not outcome.is_clean
    assert outcome.verdict.late

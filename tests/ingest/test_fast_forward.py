"""Three replicas, hours in seconds: the promises of the schedule and of politeness, with and without kills."""

import asyncio

import pytest

from bench.ingest.figures import Simulation, table_of
from bench.ingest.replica import GAP_S
from bench.ingest.simulation import simulate

# 20 s of processor time, for which a machine that is busy elsewhere takes minutes.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def runs(valkey_server) -> dict[int, Simulation]:
    """A quiet run and one with kills, on a database of their own."""
    url = f"redis://127.0.0.1:{valkey_server.port}/15"
    return {kills: asyncio.run(simulate(url, hosts=10, hours=5, kills=kills)) for kills in (0, 3)}


@pytest.mark.parametrize("kills", [0, 3])
def test_no_host_is_ever_asked_twice_at_once_or_within_the_gap(
    runs: dict[int, Simulation], kills: int
) -> None:
    assert runs[kills].overlaps() == 0
    assert runs[kills].shortest_gap_s() >= GAP_S - 0.01


def test_no_list_is_polled_twice_for_one_due_time(runs: dict[int, Simulation]) -> None:
    assert runs[0].double_polls() == 0


def test_every_new_entry_is_fetched_exactly_once_while_nobody_dies(runs: dict[int, Simulation]) -> None:
    counts = runs[0].fetches()
    assert len(counts) > 10
    assert set(counts.values()) == {1}


def test_every_new_entry_is_fetched_at_least_once_when_replicas_die(runs: dict[int, Simulation]) -> None:
    assert runs[3].killed_at_work >= 1
    assert min(runs[3].fetches().values()) >= 1


def test_lists_without_news_answer_304(runs: dict[int, Simulation]) -> None:
    assert runs[0].not_modified_share() >= 0.95


def test_figures_come_as_one_table_with_a_column_for_each_run(runs: dict[int, Simulation]) -> None:
    table = table_of([runs[0], runs[3]])
    assert "nobody killed" in table[0]
    assert "3 kills" in table[0]
    assert [line.split() for line in table if line.startswith("two at once")] == [
        ["two", "at", "once", "at", "one", "host", "(0)", "0", "0"]
    ]

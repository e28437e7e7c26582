"""What /metrics says: of a real walk, of a Redis that is away, and never more series than there may be."""

import re
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.console.docs.metrics_page import described, known_series
from services.ingest.sources.sources_file import parse_catalogue
from services.runtime.monitoring.measuring import OTHER, REGISTRY, BoundedLabel
from services.runtime.monitoring.metrics import Metrics
from services.runtime.monitoring.vitals import disk_vitals
from tests.monitoring.conftest import Walked
from tests.ports import free_port

SAMPLE = re.compile(r"^(\w+)(\{.*\})? (\S+)$")


def samples(text: str) -> dict[str, float]:
    found = (SAMPLE.match(line) for line in text.splitlines() if not line.startswith("#"))
    return {f"{one[1]}{one[2] or ''}": float(one[3]) for one in found if one}


@pytest.mark.parametrize(
    ("service", "sample", "value"),
    [
        (
            "ingest",
            'cleanwire_source_outcomes_total{event="page_fetched",outcome="fetched",source="Lantern"}',
            4,
        ),
        ("ingest", 'cleanwire_outcomes_total{event="fetch_failed",outcome="gone",reason="http 404"}', 1),
        ("ingest", 'cleanwire_source_listings{source="Lantern",state="alive"}', 1),
        ("ingest", 'cleanwire_source_dead{source="Lantern"}', 0),
        ("ingest", "cleanwire_redis_up", 1),
        ("ingest", "cleanwire_redis_writes", 1),
        (
            "normalize",
            'cleanwire_outcomes_total{event="page_rejected",outcome="rejected",reason="too short"}',
            1,
        ),
        ("normalize", 'cleanwire_dead_letters{stream="articles.raw"}', 1),
        ("normalize", 'cleanwire_breaker_open{group="normalize",stream="articles.raw"}', 0),
        ("normalize", 'cleanwire_host_pages_total{host="WEB",outcome="normalized"}', 3),
        ("normalize", 'cleanwire_host_pages_total{host="WEB",outcome="rejected"}', 1),
        ("normalize", 'cleanwire_extraction_quality_count{host="WEB"}', 3),
        ("normalize", 'cleanwire_cut_share_count{host="WEB"}', 3),
        (
            "store",
            'cleanwire_source_outcomes_total{event="article_stored",outcome="new",source="Lantern"}',
            2,
        ),
        (
            "store",
            'cleanwire_source_outcomes_total{event="article_stored",outcome="redelivery",source="Lantern"}',
            1,
        ),
        ("store", 'cleanwire_side_articles_total{side="exile"}', 2),
        ("store", "cleanwire_fetch_to_clean_seconds_count", 2),
        ("store", "cleanwire_publication_to_clean_seconds_count", 2),
        ("store", 'cleanwire_relay_waiting{stream="articles.cleaned"}', 0),
        ("store", 'cleanwire_group_lag{group="store",stream="articles.normalized"}', 0),
    ],
)
def test_walk_is_counted(walked: Walked, service: str, sample: str, value: float) -> None:
    assert samples(walked.metrics[service])[sample.replace("WEB", walked.web)] == value


def test_every_metric_of_the_catalogue_is_really_there(walked: Walked) -> None:
    served = {name.partition("{")[0] for text in walked.metrics.values() for name in samples(text)}
    declared = {
        line.split()[2]
        for text in walked.metrics.values()
        for line in text.splitlines()
        if line.startswith("# TYPE")
    }
    missing = [one.name for one in described() if one.name not in served | declared]
    assert missing == []


def test_every_series_of_ours_is_in_the_catalogue(walked: Walked) -> None:
    served = {name.partition("{")[0] for text in walked.metrics.values() for name in samples(text)}
    ours = {name for name in served if name.startswith("cleanwire_") and not name.endswith("_created")}
    assert ours - known_series() == set()


def test_frameworks_metrics_are_served_beside_ours(walked: Walked) -> None:
    for text in walked.metrics.values():
        assert "faststream_received_processed_messages_total{" in text


async def test_redis_that_is_away_hides_only_what_it_would_tell(redis_client: Redis, tmp_path: Path) -> None:
    metrics = Metrics("test", tmp_path)
    there = samples((await metrics.render(redis_client, [])).decode())
    assert there["cleanwire_redis_up"] == 1
    assert 'cleanwire_dead_letters{stream="articles.raw"}' in there

    async with Redis(host="127.0.0.1", port=free_port()) as away:
        gone = samples((await metrics.render(away, [])).decode())
    assert gone["cleanwire_redis_up"] == 0
    assert 'cleanwire_dead_letters{stream="articles.raw"}' not in gone
    assert str(gone["cleanwire_redis_memory_used_bytes"]) == "nan"
    assert gone["cleanwire_data_dir_free_bytes"] > 0


async def test_measure_that_fails_hides_no_other(redis_client: Redis, tmp_path: Path) -> None:
    async def fail() -> None:
        raise OSError("the archive is away")

    text = (await Metrics("test", tmp_path, [fail]).render(redis_client, [])).decode()
    assert samples(text)["cleanwire_redis_up"] == 1


def test_label_from_outside_cannot_grow_without_end() -> None:
    bounded = BoundedLabel(3)
    assert [bounded(f"host-{number}") for number in range(5)] == ["host-0", "host-1", "host-2", OTHER, OTHER]
    assert bounded("host-1") == "host-1"


def test_hostile_hosts_and_sources_make_a_bounded_number_of_series() -> None:
    from services.normalize.metrics import MOST_HOSTS, count_rejected
    from services.runtime.monitoring.outcome_counts import MOST_REASONS, MOST_SOURCES, count_outcome

    for number in range(MOST_HOSTS + 500):
        count_rejected(f"{number}.hostile.example")
        count_outcome("page_rejected", "rejected", f"reason {number}", f"source {number}")
    assert MOST_HOSTS <= len(told("cleanwire_host_pages", "host")) <= MOST_HOSTS + 1
    assert MOST_SOURCES <= len(told("cleanwire_source_outcomes", "source")) <= MOST_SOURCES + 1
    assert MOST_REASONS <= len(told("cleanwire_outcomes", "reason")) <= MOST_REASONS + 1


def told(family: str, label: str) -> set[str]:
    """The values that a label of a family has in this process by now."""
    return {
        sample.labels[label]
        for one in REGISTRY.collect()
        if one.name == family
        for sample in one.samples
        if label in sample.labels
    }


def test_disk_of_a_folder_that_is_not_made_yet_is_that_of_its_parent(tmp_path: Path) -> None:
    assert disk_vitals(tmp_path / "not" / "yet") is not None


async def test_dead_source_is_told_in_metrics(redis_client: Redis) -> None:
    from services.ingest import keys
    from services.ingest.metrics import measure_sources

    sources = '[[source]]\nname = "A"\noutlet = "A"\n' + "".join(
        f'[[source.feed]]\nkind = "feed"\nurl = "https://a.example/{name}"\n{more}\n'
        for name, more in (("one", ""), ("two", ""), ("search", "fallback = true"))
    )
    catalogue = parse_catalogue(sources, "sources.toml")
    one, two, search = catalogue.listings
    for listing, state in ((one, "blocked"), (two, "alive"), (search, "alive")):
        await redis_client.hset(keys.listing_state(listing), "state", state)
    await measure_sources(redis_client, catalogue)
    assert REGISTRY.get_sample_value("cleanwire_source_dead", {"source": "A"}) == 0

    await redis_client.hset(keys.listing_state(two), "state", "gone")
    await measure_sources(redis_client, catalogue)
    assert REGISTRY.get_sample_value("cleanwire_source_dead", {"source": "A"}) == 1
    assert REGISTRY.get_sample_value("cleanwire_source_listings", {"source": "A", "state": "gone"}) == 1
    assert REGISTRY.get_sample_value("cleanwire_source_listings", {"source": "A", "state": "alive"}) is None

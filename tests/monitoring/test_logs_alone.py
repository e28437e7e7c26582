"""Whoever has only logs gets the same figures: cleanwire.mtail on the lines of a real walk."""

import re
import subprocess
from pathlib import Path

from tests.monitoring.conftest import Walked
from tests.monitoring.test_metrics import samples
from tests.monitoring.tools import MTAIL_PROGRAM, needed

PROG = re.compile(r'prog="[^"]*",?')


def read_by_mtail(*logs: Path) -> dict[str, float]:
    (mtail,) = needed("mtail")
    command = [
        mtail,
        "--one_shot",
        "--one_shot_format",
        "prometheus",
        "--logtostderr",
        "--progs",
        str(MTAIL_PROGRAM),
    ]
    command += [part for log in logs for part in ("--logs", str(log))]
    read = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert read.returncode == 0, read.stderr[-2_000:]
    return {
        PROG.sub("", name).replace(",}", "}").replace("{}", ""): value
        for name, value in samples(read.stdout).items()
    }


AT_REST = ("article_normalized", "article_stored", "page_rejected", "page_fetched", "message_dead_lettered")
"""Events that had all come when /metrics was read; polls and waits for a host's turn go on until the end."""


def counters(found: dict[str, float]) -> dict[str, float]:
    kinds = ("_total", "_sum", "_count")
    return {
        name: round(value, 6)
        for name, value in found.items()
        if name.startswith("cleanwire_")
        and name.partition("{")[0].endswith(kinds)
        and ('event="' not in name or any(f'event="{event}"' in name for event in AT_REST))
        and not re.match(r"cleanwire_(fetch|publication)_to_clean", name)
    }


def test_logs_alone_give_the_counts_of_the_services(walked: Walked) -> None:
    from_logs = counters(read_by_mtail(*walked.log_files))
    from_services: dict[str, float] = {}
    for text in walked.metrics.values():
        for name, value in counters(samples(text)).items():
            from_services[name] = from_services.get(name, 0) + value
    assert len(from_logs) > 12
    assert from_logs == from_services


def test_logs_alone_give_the_gauges_that_alerts_ask_for(walked: Walked) -> None:
    found = read_by_mtail(*walked.log_files)
    assert found['cleanwire_dead_letters{stream="articles.raw"}'] == 1
    assert found['cleanwire_group_lag{group="normalize",stream="articles.raw"}'] == 0
    assert found['cleanwire_breaker_open{group="store",stream="articles.normalized"}'] == 0
    assert found['cleanwire_relay_waiting{stream="articles.cleaned"}'] == 0
    assert found['cleanwire_redis_up{service="store"}'] == 1
    assert found['cleanwire_data_dir_size_bytes{service="store"}'] > 0
    assert found['cleanwire_alive_timestamp_seconds{service="ingest"}'] > 1.7e9


def test_states_that_alarm_are_read_from_their_lines(tmp_path: Path) -> None:
    log = tmp_path / "service.log"
    log.write_text(
        '{"stream": "articles.raw", "group": "normalize", "lag": 7000, "pending": 16, "oldest_pending_s": 812.4, "dead": 3, '
        '"breaker_open": true, "waits_for": "60 of the last 80 messages failed", "last_commit_s": 900.1, '
        '"event": "stage_standing", "level": "info", "timestamp": "2026-11-22T03:24:57.124966Z", "service": "normalize"}\n'
        '{"redis_up": false, "redis_writes": null, "data_dir_free_bytes": 5, "event": "service_standing", "service": "normalize"}\n'
        '{"source": "Lantern", "event": "source_died", "level": "warning"}\n'
        '{"stream": "articles.cleaned", "waiting": 12, "oldest_waiting_s": 700.5, "event": "relay_standing"}\n'
        '{"event": "entry_lost", "level": "critical"}\n'
    )
    found = read_by_mtail(log)
    assert found['cleanwire_group_lag{group="normalize",stream="articles.raw"}'] == 7000
    assert found['cleanwire_group_oldest_pending_seconds{group="normalize",stream="articles.raw"}'] == 812.4
    assert found['cleanwire_breaker_open{group="normalize",stream="articles.raw"}'] == 1
    assert found['cleanwire_dead_letters{stream="articles.raw"}'] == 3
    assert found['cleanwire_stage_waits{stream="articles.raw"}'] == 1
    assert found['cleanwire_last_commit_seconds{stream="articles.raw"}'] == 900.1
    assert found['cleanwire_redis_up{service="normalize"}'] == 0
    assert found['cleanwire_source_dead{source="Lantern"}'] == 1
    assert found['cleanwire_relay_oldest_waiting_seconds{stream="articles.cleaned"}'] == 700.5
    assert found['cleanwire_trouble_total{event="entry_lost",level="critical"}'] == 1


def test_line_that_speaks_of_events_in_its_title_counts_once(tmp_path: Path) -> None:
    log = tmp_path / "service.log"
    title = r"a \"event\": \"page_rejected\", \"outcome\": \"rejected\" b"
    log.write_text(
        f'{{"outcome": "normalized", "source": null, "reason": null, "title": "{title}", "host": "h", "quality": 0.5, '
        '"cut_share": 0.1, "missing": ["published"], "event": "article_normalized", "level": "info"}\n'
        "Traceback (most recent call last):\n"
        'not ours: "event": "article_stored", "outcome": "new"\n'
    )
    found = read_by_mtail(log)
    assert {name for name in found if "outcomes_total" in name} == {
        'cleanwire_outcomes_total{event="article_normalized",outcome="normalized",reason=""}',
        'cleanwire_source_outcomes_total{event="article_normalized",outcome="normalized",source=""}',
    }
    assert found['cleanwire_missing_metadata_total{field="published",host="h"}'] == 1

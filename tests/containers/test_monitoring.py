"""The profile monitoring of compose.yaml, run for real: from a line in a container's log to an alert at a webhook. ./run containers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from services.contracts.streams import ARTICLES_RAW
from tests.containers.stack import Stack, within
from tests.containers.walk import come_up

pytestmark = [pytest.mark.containers, pytest.mark.timeout(1_800)]

AT_ONCE = {
    "alerts.yaml": (r"^ +for: .*\n", ""),
    "alertmanager.yml": (r"group_wait: \w+", "group_wait: 0s"),
    "prometheus-logs.yml": (r"_interval: 15s", "_interval: 1s"),
    "prometheus-metrics.yml": (r"_interval: 15s", "_interval: 1s"),
}
"""What makes the deployed files wait for nothing: pattern and what takes its place."""
EXAMPLE = "    # webhook_configs:\n    #   - url: http://127.0.0.1:9099/alerts"
RECEIVER = "    webhook_configs:\n      - url: http://webhook:9099/alerts"


def set_up_alerts(folder: Path) -> None:
    """Take the waits out of the deployed files, and put a receiver in, as an operator does."""
    for name, (pattern, instead) in AT_ONCE.items():
        text, changes = re.subn(pattern, instead, (folder / name).read_text(), flags=re.MULTILINE)
        assert changes, f"{name} has nothing like {pattern}"
        (folder / name).write_text(text)
    text = (folder / "alertmanager.yml").read_text()
    assert EXAMPLE in text, "the deployed file's example of a receiver has changed"
    (folder / "alertmanager.yml").write_text(text.replace(EXAMPLE, RECEIVER))


def asked(stack: Stack, what: str, query: str = "") -> Any:
    """What Prometheus answers."""
    ask = ("curl", "--silent", "--get", "--data-urlencode", f"query={query}")
    return json.loads(stack.engine.inside(*ask, f"http://127.0.0.1:9090/api/v1/{what}"))["data"]


def health_of_targets(stack: Stack) -> dict[str, list[str]]:
    """Job → the health of each of its targets."""
    health: dict[str, list[str]] = {}
    for target in asked(stack, "targets")["activeTargets"]:
        health.setdefault(target["labels"]["job"], []).append(target["health"])
    return health


def series_of(stack: Stack, selector: str) -> list[dict[str, str]]:
    """The labels of every series of that kind as it is now."""
    return [one["metric"] for one in asked(stack, "query", selector)["result"]]


def alerts_told(stack: Stack) -> dict[str, Any]:
    """Name → the alert as the webhook was told it last."""
    lines = stack.compose("logs", "--no-log-prefix", "--no-color", "webhook").splitlines()
    alerts = [json.loads(line) for line in lines if line.startswith("{")]
    return {alert["labels"]["alertname"]: alert for alert in alerts}


def test_an_alert_reaches_a_webhook_by_the_containers_logs_alone_and_metrics_are_scraped_as_well(
    stack: Stack,
) -> None:
    stack.profiles = "sqlite,monitoring"
    stack.settings = {
        "CLEANWIRE_WATCH_BY": "logs",
        "CLEANWIRE_STANDING_EVERY_S": "1",
        "CLEANWIRE_CONTAINER_LOGS": str(stack.engine.folder / "data" / "containers"),
    }
    set_up_alerts(stack.folder / "monitoring")
    come_up(stack)
    within(120, lambda: health_of_targets(stack) == {"cleanwire-logs": ["up"]}, "mtail is scraped")
    stack.redis("XADD", ARTICLES_RAW, "*", "__data__", "{not json")
    told = within(120, lambda: alerts_told(stack).get("CleanwireDeadLetters"), "the webhook is told")
    assert told["annotations"]["summary"] == f"1 dead letters of {ARTICLES_RAW}"
    services = {one["service"] for one in series_of(stack, "cleanwire_alive_timestamp_seconds")}
    assert services == {"ingest", "normalize", "store"}
    within(120, lambda: series_of(stack, "cleanwire_side_articles_total"), "what was stored is counted")

    stack.settings["CLEANWIRE_WATCH_BY"] = "metrics"
    stack.compose("up", "--detach", "--wait", "--wait-timeout", "120", "prometheus")
    all_up = {"cleanwire": ["up"] * 3, "mtail": ["up"]}
    within(120, lambda: health_of_targets(stack) == all_up, "every service is scraped")
    within(
        60, lambda: series_of(stack, "cleanwire_publication_to_clean_seconds_count"), "delays are measured"
    )
    within(120, lambda: series_of(stack, '{job="mtail",__name__="mtail_lines_total"}'), "mtail is watched")
    assert series_of(stack, '{job="mtail",__name__=~"cleanwire_.+"}') == [], "each fact is heard once"

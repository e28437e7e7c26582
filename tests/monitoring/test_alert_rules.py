"""The alert rules: valid, tested one by one, resting on metrics that exist, each with a runbook that is written."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.console.docs.metrics_page import known_series
from tests.monitoring.tools import ALERTS, DEPLOYED, MTAIL_PROGRAM, needed

UNIT_TESTS = sorted(Path(__file__).parent.glob("alerts*_test.yaml"))
ROOT = DEPLOYED.parents[1]
BUILT_IN = {"up"}
METRIC = re.compile(r"\b(?:cleanwire|faststream)_\w+\b")
RULES_TEXT = ALERTS.read_text()
ALERT_NAMES = re.findall(r"- alert: (\w+)", RULES_TEXT)


def blocks() -> Iterator[tuple[str, str]]:
    """Each rule's name and text."""
    parts = re.split(r"^      - alert: (\w+)$", RULES_TEXT, flags=re.MULTILINE)[1:]
    yield from zip(parts[::2], parts[1::2], strict=True)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)


def test_rules_are_valid() -> None:
    (promtool,) = needed("promtool")
    checked = run(promtool, "check", "rules", str(ALERTS))
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("unit_tests", UNIT_TESTS, ids=lambda path: path.stem)
def test_rules_fire_when_they_should_and_only_then(unit_tests: Path) -> None:
    (promtool,) = needed("promtool")
    tested = run(promtool, "test", "rules", str(unit_tests))
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_every_alert_has_a_unit_test_in_which_it_fires() -> None:
    text = "".join(path.read_text() for path in UNIT_TESTS)
    fired = set(re.findall(r"alertname: (\w+)\n\s+exp_alerts:", text))
    assert set(ALERT_NAMES) - fired == set()


def test_alertmanager_takes_its_configuration() -> None:
    (amtool,) = needed("amtool")
    checked = run(amtool, "check-config", str(DEPLOYED / "alertmanager.yml"))
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("name", ["prometheus-metrics.yml", "prometheus-logs.yml"])
def test_prometheus_takes_its_configurations(name: str) -> None:
    (promtool,) = needed("promtool")
    checked = run(promtool, "check", "config", str(DEPLOYED / name))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_rules_name_only_metrics_that_the_services_have() -> None:
    named = set(METRIC.findall(RULES_TEXT))
    assert named
    assert named - known_series() == set()


def test_rules_rest_on_metrics_that_logs_alone_give_too() -> None:
    """Names stand in cleanwire.mtail as the services spell them."""
    from_logs = set(re.findall(r"^(?:counter|gauge) (\w+)", MTAIL_PROGRAM.read_text(), re.MULTILINE))
    assert set(METRIC.findall(RULES_TEXT)) - from_logs == set()


def test_logs_give_no_metric_that_the_services_do_not_have() -> None:
    from_logs = set(re.findall(r"^(?:counter|gauge) (\w+)", MTAIL_PROGRAM.read_text(), re.MULTILINE))
    assert from_logs - known_series() == set()


@pytest.mark.parametrize(("name", "text"), list(blocks()), ids=ALERT_NAMES)
def test_alert_says_what_is_wrong_and_what_to_do(name: str, text: str) -> None:
    for part in ("expr:", "severity:", "summary:", "description:", "runbook_url:"):
        assert part in text, f"{name} lacks {part}"
    page, anchor = re.search(r"runbook_url: (\S+)#(\S+)", text).groups()
    assert anchor in anchors(ROOT / page), f"{name}: {page} has no section #{anchor}"


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

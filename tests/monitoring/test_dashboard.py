"""The dashboard: every panel asks for metrics that exist, in queries that Prometheus understands. Grafana itself is not run."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from services.console.docs.metrics_page import known_series
from services.runtime.monitoring.measuring import CATALOGUE
from tests.monitoring.tools import DEPLOYED, needed

DASHBOARD: dict[str, Any] = json.loads((DEPLOYED / "dashboard.json").read_text())
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
METRIC = re.compile(r"\b(?:cleanwire|faststream)_\w+\b")


def queries() -> list[str]:
    return [target["expr"] for panel in PANELS for target in panel["targets"]]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_panel_has_what_grafana_needs(panel: dict[str, Any]) -> None:
    assert {"id", "title", "type", "datasource", "gridPos", "fieldConfig", "targets"} <= panel.keys()
    assert {"x", "y", "w", "h"} == panel["gridPos"].keys()
    assert panel["datasource"]["uid"] == "${datasource}"
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"]) > 0


def test_panels_do_not_lie_upon_one_another() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in PANELS)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def test_every_query_names_metrics_that_exist() -> None:
    named = {name for query in queries() for name in METRIC.findall(query)}
    assert named - known_series() == set()


def test_labels_of_a_panel_are_labels_of_its_metric() -> None:
    labels = {one.name: {*one.labels, "le", "instance", "service"} for one in CATALOGUE}
    for panel in PANELS:
        for target in panel["targets"]:
            names = [name for name in METRIC.findall(target["expr"]) if name.startswith("cleanwire_")]
            known = set().union(
                *(
                    labels.get(re.sub(r"_(sum|count|bucket)$", "", name), labels.get(name, set()))
                    for name in names
                )
            )
            if names:
                assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= known, panel["title"]


def test_every_query_is_understood_by_prometheus(tmp_path: Path) -> None:
    (promtool,) = needed("promtool")
    rules = tmp_path / "queries.yaml"
    records = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(queries())]
    rules.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": records}]}))
    checked = subprocess.run(
        [promtool, "check", "rules", str(rules)], capture_output=True, text=True, timeout=60, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr

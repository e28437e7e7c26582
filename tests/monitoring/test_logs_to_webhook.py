"""Once from end to end: a service's log line → mtail → Prometheus → rule → Alertmanager → webhook, all real processes."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from services.contracts.streams import ARTICLES_RAW
from tests.monitoring.conftest import Process, wait_until
from tests.monitoring.tools import ALERTS, DEPLOYED, MTAIL_PROGRAM, needed
from tests.ports import free_port


class Webhook(ThreadingHTTPServer):
    """Keeps the alerts that were posted to it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Post)
        self.alerts: list[dict[str, Any]] = []


class Post(BaseHTTPRequestHandler):
    """Takes POST."""

    server: Webhook

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.alerts.extend(body["alerts"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def program(folder: Path, *command: str) -> Iterator[None]:
    """A program that runs inside this; what it says lies in the folder."""
    with (folder / f"{Path(command[0]).name}.out").open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def webhook() -> Iterator[Webhook]:
    server = Webhook()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def rules_at_once(folder: Path) -> Path:
    """The deployed rules, without their waits."""
    rules = folder / "alerts.yaml"
    rules.write_text(re.sub(r"^ +for: .*\n", "", ALERTS.read_text(), flags=re.MULTILINE))
    return rules


def prometheus_config(folder: Path, mtail: int, alertmanager: int) -> Path:
    config = folder / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
        f"rule_files: [{rules_at_once(folder)}]\n"
        f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{alertmanager}']}}]}}]}}\n"
        "scrape_configs:\n"
        f"  - {{job_name: cleanwire-logs, static_configs: [{{targets: ['127.0.0.1:{mtail}']}}]}}\n"
    )
    return config


def alertmanager_config(folder: Path, hook: int) -> Path:
    """The deployed one without its waits, its example of a receiver taken in."""
    text = (DEPLOYED / "alertmanager.yml").read_text()
    text = re.sub(r"group_wait: \w+", "group_wait: 0s", text)
    text = text.replace("# webhook_configs:", "webhook_configs:").replace(
        "#   - url: http://127.0.0.1:9099/alerts", f"  - url: http://127.0.0.1:{hook}/"
    )
    assert f":{hook}/" in text, "the deployed file's example has changed"
    config = folder / "alertmanager.yml"
    config.write_text(text)
    return config


@pytest.mark.timeout(400)
def test_dead_letter_reaches_the_operators_webhook_by_logs_alone(tmp_path: Path, redis_url: str) -> None:
    mtail, prometheus, alertmanager = needed("mtail", "prometheus", "prometheus-alertmanager")
    mtail_port, prometheus_port, alertmanager_port = free_port(), free_port(), free_port()
    environ = {
        "CLEANWIRE_REDIS_URL": redis_url,
        "CLEANWIRE_STANDING_EVERY_S": "1",
        "CLEANWIRE_TOPICS_DIR": str(tmp_path),
    }
    normalize = Process("normalize", tmp_path, environ)
    try:
        with (
            webhook() as hook,
            program(
                tmp_path, alertmanager,
                f"--config.file={alertmanager_config(tmp_path, hook.server_port)}",
                f"--storage.path={tmp_path / 'alertmanager'}",
                f"--web.listen-address=127.0.0.1:{alertmanager_port}",
                "--cluster.listen-address=",
            ),
            program(
                tmp_path, mtail,
                "--progs", str(MTAIL_PROGRAM), "--logs", str(normalize.log),
                "--address", "127.0.0.1", "--port", str(mtail_port), "--logtostderr",
            ),
            program(
                tmp_path, prometheus,
                f"--config.file={prometheus_config(tmp_path, mtail_port, alertmanager_port)}",
                f"--storage.tsdb.path={tmp_path / 'prometheus'}",
                f"--web.listen-address=127.0.0.1:{prometheus_port}",
            ),
            Redis.from_url(redis_url) as redis,
        ):  # fmt: skip
            redis.xadd(ARTICLES_RAW, {"__data__": "{not json"})
            wait_until(
                lambda: any(one["labels"]["alertname"] == "CleanwireDeadLetters" for one in hook.alerts)
            )
            (alert, *_) = [one for one in hook.alerts if one["labels"]["alertname"] == "CleanwireDeadLetters"]
    finally:
        normalize.stop()
    assert alert["status"] == "firing"
    assert alert["labels"]["stream"] == ARTICLES_RAW
    assert alert["annotations"]["summary"] == f"1 dead letters of {ARTICLES_RAW}"
    assert alert["annotations"]["runbook_url"] == "docs/operations.md#dead-letters"

"""Where did my article go: `cleanwire trace` from the log lines of a real walk, with or without a server."""

import io
import sys
from pathlib import Path

import pytest

from services.console.main import run
from tests.monitoring.conftest import Walked
from tests.ports import free_port

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No Redis answers, and the archive is empty: there are only logs."""
    monkeypatch.setenv("CLEANWIRE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CLEANWIRE_REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")


def trace(walked: Walked, capsys: Captured, article: str) -> tuple[int, str]:
    capsys.readouterr()
    code = run(["trace", article, *(part for log in walked.log_files for part in ("--logs", str(log)))])
    said = capsys.readouterr()
    return code, said.out + said.err


@pytest.mark.usefixtures("alone")
def test_way_of_an_article_is_told_from_logs_alone(walked: Walked, capsys: Captured) -> None:
    code, said = trace(walked, capsys, f"http://{walked.web}/prisoners?utm_source=x")
    assert code == 0
    steps = [line.split()[3] for line in said.splitlines()[1:-2]]
    assert steps == ["page_fetched", "article_normalized", "article_stored"]
    assert "there is no archive at" in said.splitlines()[-2]
    assert "dead letters were not looked through" in said.splitlines()[-1]


@pytest.mark.usefixtures("alone")
def test_page_that_was_rejected_is_told_with_its_reason(walked: Walked, capsys: Captured) -> None:
    code, said = trace(walked, capsys, f"http://{walked.web}/short")
    assert code == 0
    assert "page_rejected outcome=rejected" in said
    assert "reason=too short" in said


@pytest.mark.usefixtures("alone")
def test_article_is_found_by_its_id_too(walked: Walked, capsys: Captured) -> None:
    (line,) = [one for one in walked.logged("article_normalized") if one["url"].endswith("/prisoners")]
    assert "article_stored outcome=new" in trace(walked, capsys, line["article_id"])[1]


@pytest.mark.usefixtures("alone")
def test_what_else_happened_on_the_walk_is_told(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (
        '{"event": "page_fetched", "url": "https://a.example/x", "trace_id": "t1", "timestamp": "2026-11-20T10:00:00Z"}\n'
        '{"event": "message_failed", "reason": "KeyError", "trace_id": "t1", "timestamp": "2026-11-20T10:00:01Z"}\n'
        '{"event": "message_failed", "reason": "ValueError", "trace_id": "t2", "timestamp": "2026-11-20T10:00:02Z"}\n'
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    assert run(["trace", "https://a.example/x", "--logs", "-"]) == 0
    said = capsys.readouterr().out
    assert "message_failed reason=KeyError" in said
    assert "ValueError" not in said


@pytest.mark.usefixtures("alone")
def test_nothing_to_look_into_is_told_by_name(walked: Walked, capsys: Captured) -> None:
    code, said = trace(walked, capsys, "https://nobody.example/x")
    assert code == 3
    assert "there is no archive at" in said
    assert "CLEANWIRE_DATA_DIR" in said

"""Every record of the process is one line of the same form, whoever wrote it."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from services.runtime.delivery.entry import Entry
from services.runtime.handling import handling
from services.runtime.logs import log_outcome, set_up_logs


@pytest.fixture
def lines() -> Iterator[Any]:
    """Set logs up with the given arguments; returns a function that reads the lines written since."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)

    def set_up(level: str = "info", log_format: Any = "json") -> Any:
        output = io.StringIO()
        set_up_logs("normalize", level, log_format, stream=output)
        return lambda: output.getvalue().splitlines()

    yield set_up
    root.handlers[:], root.level = before
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize(
    "name", ["faststream.redis", "redis.asyncio.connection", "uvicorn.error", "some.library"]
)
def test_record_of_a_library_is_json_like_our_own(lines: Any, name: str) -> None:
    read = lines()
    structlog.contextvars.bind_contextvars(correlation_id="c1")
    logging.getLogger(name).warning("went %s", "wrong")
    structlog.get_logger("ours").warning("went_wrong")
    theirs, ours = (json.loads(line) for line in read())
    assert theirs["event"] == "went wrong"
    assert theirs["logger"] == name
    for line in (theirs, ours):
        assert (line["service"], line["level"], line["correlation_id"]) == ("normalize", "warning", "c1")
        assert line["timestamp"].endswith("Z")


def test_outcome_line_tells_attempt_and_duration(lines: Any) -> None:
    read = lines()
    with handling(Entry("5-0", {}, 3)):
        log_outcome("article_normalized", "kept", article_id="a1")
    (line,) = (json.loads(line) for line in read())
    assert (line["event"], line["outcome"], line["article_id"], line["attempt"]) == (
        "article_normalized",
        "kept",
        "a1",
        3,
    )
    assert line["duration_ms"] >= 0


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_password_of_a_url_is_never_written(lines: Any, log_format: str) -> None:
    read = lines(log_format=log_format)
    logging.getLogger("redis").error("cannot reach redis://user:s3cret@127.0.0.1:1/0")
    structlog.get_logger().error("failed", url="postgresql://u:s3cret@h/d")
    try:
        raise ValueError("postgresql://u:s3cret@h/d")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "s3cret" not in "\n".join(read())


def test_level_holds_for_both(lines: Any) -> None:
    read = lines(level="warning")
    logging.getLogger("redis").info("quiet")
    structlog.get_logger().info("quiet")
    assert read() == []


def test_console_format_is_for_people(lines: Any) -> None:
    read = lines(log_format="console")
    structlog.get_logger().info("service_started", http_port=1)
    (line,) = read()
    assert "service_started" in line
    assert not line.startswith("{")

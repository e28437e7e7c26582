"""For people: lines in colour on a terminal, and nowhere else."""

import io

import pytest
import structlog

from services.runtime.logs import set_up_logs

ESCAPE = "\x1b["


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("output", "coloured"), [(Terminal(), True), (io.StringIO(), False)])
def test_lines_for_people_are_coloured_on_a_terminal_only(output: io.StringIO, coloured: bool) -> None:
    set_up_logs("store", "info", "console", stream=output)
    structlog.get_logger().info("article_stored", outcome="new")
    assert "article_stored" in output.getvalue()
    assert (ESCAPE in output.getvalue()) is coloured


def test_json_lines_are_never_coloured() -> None:
    output = Terminal()
    set_up_logs("store", "info", "json", stream=output)
    structlog.get_logger().info("article_stored", outcome="new")
    assert ESCAPE not in output.getvalue()

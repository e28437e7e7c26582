"""`cleanwire … | head`: a reader that has had enough is no fault."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "services.console"]
PAGE = (
    "<html><body><article><h1>Ferry</h1>"
    + "<p>The ferry left an hour late on Monday, officials said.</p>" * 40
)


def piped_to(reader: str, *arguments: str, page: Path | None = None) -> tuple[int, str]:
    """A command whose stdout goes to a reader; its exit code and stderr."""
    with subprocess.Popen(
        ["/bin/sh", "-c", reader], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as taker:
        assert taker.stdin is not None
        if reader == "exit":
            taker.wait()  # nobody reads from here on
        ran = subprocess.run(
            [*COMMAND, *arguments, *([str(page)] if page else [])],
            stdout=taker.stdin,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": ""},
            check=False,
        )
    return ran.returncode, ran.stderr.decode()


@pytest.mark.parametrize("arguments", [("--help",), ("status", "--help")])
def test_help_to_a_reader_that_has_gone_ends_quietly(arguments: tuple[str, ...]) -> None:
    assert piped_to("exit", *arguments) == (141, "")


def test_article_to_a_reader_that_has_gone_ends_quietly(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    assert piped_to("exit", "extract", page=page) == (141, "")


def test_output_to_a_full_disk_is_told_without_a_traceback(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [*COMMAND, "extract", str(page)], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ran.returncode == 1
    assert b"No space left" in ran.stderr and b"Traceback" not in ran.stderr


def test_reader_that_takes_all_leaves_the_exit_code_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    assert piped_to("cat", "extract", page=page)[0] == 0
    assert piped_to("cat", "extract", page=tmp_path / "missing.html")[0] not in (0, 141)


def test_fault_with_a_reader_that_has_gone_still_tells_what_was_wrong(tmp_path: Path) -> None:
    code, told = piped_to("exit", "extract", page=tmp_path / "missing.html")
    assert code not in (0, 141)
    assert "missing.html" in told

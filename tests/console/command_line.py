"""The command line in the test's own process."""

from collections.abc import Callable

import pytest

from services.console.main import run

Ended = tuple[int, str, str]
Run = Callable[..., Ended]


def lines_run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line: exit code, stdout, stderr."""

    def run_line(*arguments: str) -> Ended:
        capsys.readouterr()
        code = run(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_line

"""Words and lines are read in C wherever it can be built; else every comparison with Python would only be skipped."""

import pytest

from services.normalize.core.words.compiled_lines import LINES
from tests.compiler import CAN_BUILD


@pytest.mark.skipif(
    not CAN_BUILD, reason="no C compiler or no Python headers: Python reads them, as it should be"
)
def test_where_a_compiler_is_the_compiled_lines_are_built_and_taken() -> None:
    assert LINES is not None

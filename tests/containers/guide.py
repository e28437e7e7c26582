"""The lines of docs/deployment.md that an operator types, for the tests that type them."""

import re
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "deployment.md"


def lines_of(heading: str, holding: str) -> str:
    """The one block of shell below that heading that holds these words. Raises AssertionError where the guide has changed."""
    (section,) = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", GUIDE.read_text(), re.M | re.S)
    blocks = [block for block in re.findall(r"^```sh\n(.*?)^```", section, re.M | re.S) if holding in block]
    assert len(blocks) == 1, f"{len(blocks)} blocks below '{heading}' hold '{holding}'"
    return str(blocks[0])

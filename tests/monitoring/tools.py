"""The monitoring programs of the machine, where it has them."""

import shutil
from pathlib import Path

import pytest

DEPLOYED = Path(__file__).parents[2] / "deploy" / "monitoring"
ALERTS = DEPLOYED / "alerts.yaml"
MTAIL_PROGRAM = DEPLOYED / "cleanwire.mtail"
APT = {
    "promtool": "prometheus",
    "prometheus": "prometheus",
    "amtool": "prometheus-alertmanager",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "mtail": "mtail",
}


def needed(*programs: str) -> list[str]:
    """Where the programs lie; skips the test with the reason where one is missing."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (apt-get install {APT[program]})")
    return [str(shutil.which(program)) for program in programs]

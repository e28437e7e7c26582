"""The images of the profile monitoring: mtail's own, and stand-ins for Prometheus and Alertmanager from Debian's programs."""

import shutil
from pathlib import Path

from tests.containers.building import build_image
from tests.containers.engine import Engine
from tests.containers.stand_ins import PYTHON

HERE = Path(__file__).parent
MTAIL = HERE.parents[1] / "deploy" / "monitoring" / "mtail"
TEMPLATES = Path("/usr/share/prometheus/alertmanager")
PROGRAM_OF = {
    "prom/prometheus:v2.53.5": "prometheus",
    "prom/alertmanager:v0.28.1": "prometheus-alertmanager",
}


def build_monitors(engine: Engine, folder: Path) -> None:
    """Build all three. Raises what build_image does."""
    build_image(engine, "cleanwire-mtail:latest", MTAIL, "--build-arg", f"DEBIAN_IMAGE={PYTHON}")
    folder.mkdir()
    for program in ("busybox", *PROGRAM_OF.values()):
        shutil.copy2(str(shutil.which(program)), folder / program)
    shutil.copytree(TEMPLATES, folder / "templates")
    for tag, program in PROGRAM_OF.items():
        file = ("--file", str(HERE / "monitor.Dockerfile"))
        build_image(engine, tag, folder, *file, "--build-arg", f"PROGRAM={program}")

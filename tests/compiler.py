"""Whether the compiled parts must be there: without a C compiler, or Python's headers, Python does their work."""

import shutil
import sysconfig
from pathlib import Path

CAN_BUILD = (
    shutil.which((sysconfig.get_config_var("CC") or "cc").split()[0]) is not None
    and (Path(sysconfig.get_path("include")) / "Python.h").exists()
)

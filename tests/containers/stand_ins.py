"""Stand-ins for the registry's base images, made from Debian packages and kept between runs, keyed by how they are made."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.containers.building import CannotMake, build_image
from tests.containers.engine import Engine

HERE = Path(__file__).parent
RECIPE = (HERE / "bases.Dockerfile", HERE / "postgres_entrypoint.sh")
TAG_OF = {
    "python-slim": "python:3.11-slim-bookworm",
    "python": "python:3.11-bookworm",
    "redis": "redis:7.2-bookworm",
    "postgres": "postgres:15-bookworm",
}
"""Stage of bases.Dockerfile → the tag of the image it stands in for."""
PYTHON = TAG_OF["python-slim"]
DEBIAN = "cleanwire-stand-in-debian:bookworm"
SUITE = "bookworm"
SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
LEFT_OUT = (
    *("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*"),
    *("/usr/lib/postgresql/*/lib/llvmjit*", "/usr/lib/postgresql/*/lib/bitcode/*", "/usr/lib/*/libLLVM*"),
)
"""Pages nobody reads, and PostgreSQL's compiler of queries: without it it interprets them."""
OF_THE_MACHINE = (Path("/etc/pip.conf"), Path("/usr/local/share/ca-certificates"))
MAKE_TIMEOUT_S = 600


def cache_folder() -> Path:
    """Where stand-ins are kept: outside of the checkout."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cleanwire" / "containers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def import_stand_ins(engine: Engine, scratch: Path) -> None:
    """Give the engine every base image: the kept ones, or made now. Raises CannotMake."""
    if _kept().exists():
        engine.docker("load", "--quiet", stdin=_kept())
    else:
        _make(engine, scratch / "bases")


def keep_stand_ins(engine: Engine) -> None:
    """Keep the engine's base images for the next run, if they are not kept; what was kept before goes."""
    kept = _kept()
    if kept.exists():
        return
    with tempfile.TemporaryDirectory(dir=kept.parent) as name:
        saved = Path(name) / kept.name
        engine.docker("save", "--output", str(saved), *TAG_OF.values())
        for older in kept.parent.glob("*.tar"):
            older.unlink()
        saved.rename(kept)


def _kept() -> Path:
    """Where they are kept, all in one file, since they share layers; its name changes with everything that makes them."""
    made_of = repr((TAG_OF, SUITE, LEFT_OUT)).encode() + b"".join(path.read_bytes() for path in RECIPE)
    return cache_folder() / f"bases-{hashlib.sha256(made_of).hexdigest()[:16]}.tar"


def _make(engine: Engine, folder: Path) -> None:
    """Fill `folder`, the builder's context, and build every stage of bases.Dockerfile from it, side by side."""
    (folder / "lists").mkdir(parents=True)
    _debian(engine, folder)
    for path in filter(Path.exists, OF_THE_MACHINE):
        to = folder / "machine" / path.relative_to("/")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(path, to) if path.is_dir() else shutil.copyfile(path, to)
    (folder / "machine").mkdir(exist_ok=True)
    shutil.copy2(HERE / "postgres_entrypoint.sh", folder)
    file = ("--file", str(HERE / "bases.Dockerfile"))
    with ThreadPoolExecutor(len(TAG_OF)) as builders:
        builds = [
            builders.submit(build_image, engine, tag, folder, *file, "--target", stage)
            for stage, tag in TAG_OF.items()
        ]
        for one in builds:
            one.result()


def _debian(engine: Engine, folder: Path) -> None:
    """Import Debian's minimal system, and put the list of packages it was made by into `folder`. Raises CannotMake."""
    made = folder.with_suffix(".tar")
    lists_out = f'--customize-hook=sync-out /var/lib/apt/lists "{folder / "lists"}"'
    command = [
        *("mmdebstrap", "--quiet", "--variant=minbase", lists_out),
        *(f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT),
        *(SUITE, str(made), str(SOURCES)),
    ]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=MAKE_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotMake(f"Debian packages did not come within {MAKE_TIMEOUT_S} s") from None
    if done.returncode:
        raise CannotMake(f"mmdebstrap failed: {done.stderr[-1_500:]}")
    engine.docker("import", "-", DEBIAN, stdin=made)
    made.unlink()

"""Stand-ins for the registry's base images, made from Debian packages and kept between runs, keyed by how they are made."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from tests.containers.engine import Engine

HERE = Path(__file__).parent
SUITE = "bookworm"
SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
LEFT_OUT = (
    *("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*"),
    *("/usr/lib/postgresql/*/lib/llvmjit*", "/usr/lib/postgresql/*/lib/bitcode/*", "/usr/lib/*/libLLVM*"),
)
"""Pages nobody reads, and PostgreSQL's compiler of queries: without it it interprets them."""
MAKE_TIMEOUT_S = 600


class CannotMake(RuntimeError):
    """A base image cannot be made here: packages cannot be fetched. No fault of the product."""


@dataclass(frozen=True)
class StandIn:
    """One base image: its tag, its packages, the script that finishes its file system, and how it is imported."""

    tag: str
    packages: tuple[str, ...]
    finish: str = ""
    changes: tuple[str, ...] = ()
    entrypoint: str = ""

    @property
    def key(self) -> str:
        """Changes with everything that makes the image."""
        entry = (HERE / self.entrypoint).read_bytes() if self.entrypoint else b""
        return hashlib.sha256(repr((self, SUITE, LEFT_OUT)).encode() + entry).hexdigest()[:16]


PYTHON = StandIn(
    "python:3.11-slim-bookworm",
    ("ca-certificates", "netbase", "python3", "python3-pip", "python3-venv", "tzdata"),
    finish="ln -s /usr/bin/python3 /usr/local/bin/python; ln -s /usr/bin/python3 /usr/local/bin/python3",
    changes=("ENV LANG=C.UTF-8", 'CMD ["python3"]'),
)
PYTHON_TO_BUILD = replace(
    PYTHON,
    tag="python:3.11-bookworm",
    packages=(*PYTHON.packages, "binutils", "gcc", "libc6-dev", "python3-dev"),
)
REDIS = StandIn(
    "redis:7.2-bookworm",
    ("redis-server",),
    finish="mkdir /data; chmod 777 /data",
    changes=("WORKDIR /data", 'CMD ["redis-server"]'),
)
POSTGRES = StandIn(
    "postgres:15-bookworm",
    ("postgresql-15",),
    finish="usermod --uid 999 postgres; mkdir -p /var/lib/postgresql/data; "
    "chown 999:999 /var/lib/postgresql/data /var/run/postgresql; chmod 1777 /var/lib/postgresql/data /var/run/postgresql",
    changes=(
        "ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        'ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]',
        'CMD ["postgres"]',
    ),
    entrypoint="postgres_entrypoint.sh",
)
STAND_INS = (PYTHON, PYTHON_TO_BUILD, REDIS, POSTGRES)


def cache_folder() -> Path:
    """Where stand-ins are kept: outside of the checkout."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cleanwire" / "containers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def import_stand_ins(engine: Engine) -> None:
    """Give the engine every base image it lacks. Raises CannotMake."""
    with ThreadPoolExecutor(len(STAND_INS)) as makers:
        list(makers.map(file_system_of, STAND_INS))
    for stand_in in STAND_INS:
        if not engine.has_image(stand_in.tag):
            changes = [part for change in stand_in.changes for part in ("--change", change)]
            engine.docker("import", *changes, "-", stand_in.tag, stdin=file_system_of(stand_in))


def file_system_of(stand_in: StandIn) -> Path:
    """The image's file system as a tar file, from the cache or made now. Raises CannotMake."""
    kept = cache_folder() / f"{stand_in.tag.replace(':', '-')}-{stand_in.key}.tar"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=kept.parent) as name:
            made = Path(name) / "made.tar"
            _make(stand_in, made)
            for older in kept.parent.glob(f"{stand_in.tag.replace(':', '-')}-*.tar"):
                older.unlink()
            made.rename(kept)
    return kept


def _make(stand_in: StandIn, into: Path) -> None:
    """Debian's minimal system with the packages. This machine's own pip settings and certificates go in as well, so that an
    unchanged Dockerfile fetches packages as this machine does; the image never leaves it."""
    copies = [
        f'copy-in "{path}" "{path.parent}"'
        for path in (Path("/etc/pip.conf"), Path("/usr/local/share/ca-certificates"))
        if path.exists() and stand_in in (PYTHON, PYTHON_TO_BUILD)
    ]
    entry = (
        [
            f'upload "{HERE / stand_in.entrypoint}" /usr/local/bin/docker-entrypoint.sh',
            'chmod 755 "$1/usr/local/bin/docker-entrypoint.sh"',
        ]
        if stand_in.entrypoint
        else []
    )
    certificates = ["update-ca-certificates >/dev/null 2>&1"] if stand_in in (PYTHON, PYTHON_TO_BUILD) else []
    inside = [f'chroot "$1" sh -ec "{step}"' for step in (stand_in.finish, *certificates) if step]
    command = [
        "mmdebstrap",
        *("--quiet", "--variant=minbase", f"--include={','.join(stand_in.packages)}"),
        *(f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT),
        *(f"--customize-hook={hook}" for hook in (*copies, *entry, *inside)),
        *(SUITE, str(into), str(SOURCES)),
    ]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=MAKE_TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise CannotMake(f"{stand_in.tag}: Debian packages did not come within {MAKE_TIMEOUT_S} s") from None
    if done.returncode:
        raise CannotMake(f"{stand_in.tag}: mmdebstrap failed: {done.stderr[-1_500:]}")


def is_tool_missing() -> str | None:
    """The first command that the stage needs and this machine lacks."""
    needed = ("dockerd", "mmdebstrap", "ip", "nsenter")
    return next((name for name in needed if shutil.which(name) is None), None)

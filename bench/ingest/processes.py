"""The processes of a measurement: the loopback web, a real ingest, and what each of them costs."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def web(hosts: int) -> Iterator[int]:
    """The loopback web in a process of its own; yields its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.ingest.web", str(hosts)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def ingest_process(
    redis_url: str, sources: Path, hosts: list[str], **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A real ingest process; its log is thrown away."""
    environ = {
        **os.environ,
        "CLEANWIRE_REDIS_URL": redis_url,
        "CLEANWIRE_SOURCES_FILE": str(sources),
        "CLEANWIRE_TOPICS_DIR": str(ROOT / "deploy" / "topics"),
        "CLEANWIRE_ALLOW_PRIVATE_HOSTS": ",".join(hosts),
        "CLEANWIRE_CONTACT": "bench@example.org",
        **{f"CLEANWIRE_{name.upper()}": value for name, value in settings.items()},
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "services.ingest"], env=environ, cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def cpu_s(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mb(pid: int) -> float:
    """Memory of a process now."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024

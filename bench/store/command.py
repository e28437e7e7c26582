"""`./run bench store`: the race, then the growth; with `--chart` the pictures of docs/."""

import argparse
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.dedup_peers import add_option
from bench.embedded_postgres import TUNED, start_postgres
from bench.store.beside import print_beside
from bench.store.growth import HEADING, Asked, Size, grow, write_figures
from bench.store.racing import empty_archive, race_runs

DRAWER = Path(__file__).with_name("draw_growth.py")
STEPS = (10_000, 100_000, 1_000_000, 10_000_000)
DISK_BYTES = {"sqlite": 6_500, "postgresql": 8_500}  # for each article stored, with what the claims add
FIGURES = Path(tempfile.gettempdir()) / "cleanwire-store-figures.json"
INSTALL = "python3 -m venv .venv-peers && .venv-peers/bin/pip install matplotlib==3.11.2"


def main(arguments: list[str] | None = None) -> int:
    """Run the figures."""
    asked, began = _options().parse_args(arguments), time.monotonic()
    sizes = [step for step in STEPS if step < asked.articles] + [asked.articles] if asked.articles else []
    found: list[Size] = []
    with tempfile.TemporaryDirectory(prefix="cleanwire-bench-") as folder:
        wanted = [asked.only] if asked.only else list(DISK_BYTES)
        if lacking := _disk_lacking(folder, asked.articles, wanted):
            print(lacking, file=sys.stderr)
            return 2
        postgres = start_postgres(durable=True, settings=TUNED, within=Path(folder).parent)
        urls = {
            "sqlite": f"sqlite:///{Path(folder) / 'archive.db'}",
            "postgresql": postgres.url_of("cleanwire"),
        }
        try:
            print_beside(folder, asked)
            for name in wanted if asked.races else ():
                race_runs(name, urls[name], asked.races)
            if sizes:
                print(HEADING, flush=True)
            for name in wanted if sizes else ():
                empty_archive(urls[name])
                how = Asked(asked.claims, asked.processes, asked.at_once)
                for size in grow(name, urls[name], sizes, postgres, how):
                    found.append(size)
                    write_figures(found, asked.json)  # a run that is broken off leaves what it had
        finally:
            postgres.stop()
    took, peak = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{took / 60:.1f} minutes, peak RSS {peak:.0f} MB")
    return _charted(asked) if sizes else 0


def _disk_lacking(folder: str, articles: int, wanted: Sequence[str]) -> str | None:
    """What to say where the disk is too small for archives of so many articles."""
    need, free = sum(DISK_BYTES[name] for name in wanted) * articles, shutil.disk_usage(folder).free
    if free > need:
        return None
    return f"{articles} articles need {need / 1e9:.1f} GB in {folder}, {free / 1e9:.1f} are free; ask for fewer (--articles)"


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="./run bench store", description=__doc__)
    options.add_argument(
        "--articles", type=int, default=100_000, help="the largest archive measured (100000)"
    )
    options.add_argument("--claims", type=int, default=1_500, help="claims measured at each size (1500)")
    options.add_argument("--processes", type=int, default=2, help="store processes on PostgreSQL (2)")
    options.add_argument("--at-once", type=int, default=6, help="claims at once in each of them (6)")
    options.add_argument("--races", type=int, default=3, help="runs of the race (3)")
    options.add_argument("--only", choices=["sqlite", "postgresql"], help="one database alone")
    options.add_argument(
        "--json", type=Path, default=FIGURES, help=f"keep the figures here, line after line ({FIGURES})"
    )
    options.add_argument("--chart", type=Path, nargs="+", help=f"draw them here; made by: {INSTALL}")
    add_option(options)
    return options


def _charted(asked: argparse.Namespace) -> int:
    """Draw the figures that were kept, if it is asked for."""
    command = [str(asked.peers_python), str(DRAWER), str(asked.json), *map(str, asked.chart or ())]
    if asked.chart and not (asked.peers_python and asked.peers_python.exists()):
        print(f"no chart; install with: {INSTALL}, then: {shlex.join(command)}", file=sys.stderr)
        return 1
    return subprocess.run(command, check=False).returncode if asked.chart else 0

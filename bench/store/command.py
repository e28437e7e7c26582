"""`./run bench store`: the race, then the growth; with `--chart` the pictures of docs/."""

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.dedup_peers import add_option
from bench.embedded_postgres import start_postgres
from bench.store.beside import print_beside
from bench.store.growth import HEADING, Asked, Size, grow, write_figures
from bench.store.racing import empty_archive, race_runs

DRAWER = Path(__file__).with_name("draw_growth.py")
STEPS = (10_000, 100_000, 1_000_000, 10_000_000)
INSTALL = "python3 -m venv .venv-peers && .venv-peers/bin/pip install matplotlib==3.11.2"


def main(arguments: list[str] | None = None) -> int:
    """Run the figures."""
    asked = _options().parse_args(arguments)
    sizes = [step for step in STEPS if step < asked.articles] + [asked.articles] if asked.articles else []
    found: list[Size] = []
    with tempfile.TemporaryDirectory(prefix="cleanwire-bench-") as folder:
        postgres = start_postgres(durable=True)
        urls = {
            "sqlite": f"sqlite:///{Path(folder) / 'archive.db'}",
            "postgresql": postgres.url_of("cleanwire"),
        }
        wanted = [name for name in urls if asked.only in (None, name)]
        try:
            print_beside(folder, asked)
            for name in wanted if asked.races else ():
                race_runs(name, urls[name], asked.races)
            if sizes:
                print(HEADING)
            for name in wanted if sizes else ():
                empty_archive(urls[name])
                how = Asked(asked.claims, asked.processes)
                found += asyncio.run(grow(name, urls[name], sizes, postgres, how))
        finally:
            postgres.stop()
    print(f"peak RSS {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return _kept(found, asked)


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="./run bench store", description=__doc__)
    options.add_argument(
        "--articles", type=int, default=100_000, help="the largest archive measured (100000)"
    )
    options.add_argument("--claims", type=int, default=1_500, help="claims measured at each size (1500)")
    options.add_argument("--processes", type=int, default=4, help="store processes on PostgreSQL (4)")
    options.add_argument("--races", type=int, default=3, help="runs of the race (3)")
    options.add_argument("--only", choices=["sqlite", "postgresql"], help="one database alone")
    options.add_argument("--json", type=Path, help="keep the figures here")
    options.add_argument("--chart", type=Path, nargs="+", help=f"draw them here; made by: {INSTALL}")
    add_option(options)
    return options


def _kept(found: list[Size], asked: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = asked.json or Path(folder) / "figures.json"
        write_figures(found, file)
        if asked.chart and not (asked.peers_python and asked.peers_python.exists()):
            print(f"no chart; install with: {INSTALL}", file=sys.stderr)
        elif asked.chart:
            command = [str(asked.peers_python), str(DRAWER), str(file), *map(str, asked.chart)]
            return subprocess.run(command, check=False).returncode
    return 0

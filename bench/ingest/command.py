"""The parts of `./run bench ingest`, run by name."""

import argparse
import asyncio
import logging
import os
import tempfile
from pathlib import Path

import structlog

from bench.ingest.figures import table_of
from bench.ingest.idle import idle_cost
from bench.ingest.simulation import simulate
from bench.ingest.throughput import throughput
from services.console.local.embedded_valkey import start_valkey

PARTS = ("throughput", "idle", "replicas")


def main(argv: list[str]) -> int:
    """Run the parts asked for; exit code 1 where a goal was missed."""
    chosen = _chosen(argv)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR)
    )  # figures, not outcomes
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = start_valkey(folder / "valkey")
        try:
            kept = [_run(part, chosen, server.url, folder) for part in PARTS if part in chosen.parts]
        finally:
            server.stop()
    return 0 if all(kept) else 1


def _chosen(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench ingest")
    parser.add_argument("parts", nargs="*", default=PARTS, help=f"of {', '.join(PARTS)}; all without any")
    parser.add_argument("--pages", type=int, default=2000, help="throughput: pages of each round")
    parser.add_argument("--sources", type=int, default=5000, help="idle: how many are followed")
    parser.add_argument("--seconds", type=float, default=60.0, help="idle: measured for so long")
    parser.add_argument("--hosts", type=int, default=500, help="replicas: hosts of the simulated web")
    parser.add_argument("--hours", type=float, default=10.0, help="replicas: simulated hours")
    parser.add_argument("--kills", type=int, default=6, help="replicas: kills in the second of the two runs")
    chosen = parser.parse_args(argv)
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"unknown part {', '.join(sorted(unknown))}; allowed: {', '.join(PARTS)}")
    return chosen


def _run(part: str, chosen: argparse.Namespace, redis_url: str, folder: Path) -> bool:
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if part == "throughput":
        return asyncio.run(throughput(redis_url, folder, chosen.pages))
    if part == "idle":
        return asyncio.run(idle_cost(redis_url, folder, chosen.sources, chosen.seconds))
    runs = [
        asyncio.run(simulate(redis_url, hosts=chosen.hosts, hours=chosen.hours, kills=kills))
        for kills in (0, chosen.kills)
    ]
    print("\n".join(table_of(runs)))
    return all(run.kept() for run in runs)

"""What a second normalize replica brings, and what the machine itself allows: extraction alone in one process and in two."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.pipeline_rates import Rate, measure_rate
from bench.pipeline_rig import pages
from services.normalize import extract
from services.normalize.core.metadata.language import language_model

ROUNDS = 3
CROWDED = 0.2  # cores busy with other work, from which on the figures say more of it than of us
WARM = 10
URL = "https://paper.example/1"


@dataclass(frozen=True)
class Alone:
    """Extraction alone, in so many processes at once: pages a second of all together, CPU milliseconds a page."""

    processes: int
    per_s: float
    cpu_ms: float


@dataclass(frozen=True)
class Scale:
    """Rounds by turns, each with one and with two: extraction alone, replicas on all cores, replicas held to a core each."""

    alone: Sequence[tuple[Alone, Alone]]
    free: Sequence[tuple[Rate, Rate]]
    held: Sequence[tuple[Rate, Rate]]

    @property
    def most(self) -> float:
        """How many times as much two replicas can carry at most on this machine.

        One that works on more than one core (it extracts in one thread and delivers in another) leaves less than a core
        to the second; and two processes at once may each be slower than one.
        """
        used = statistics.median(one.possible for one, _ in self.free)
        return min(2.0, 1 / used) * times(self.alone) / 2


def times(rounds: Sequence[tuple[Rate, Rate]] | Sequence[tuple[Alone, Alone]]) -> float:
    """How many times as many pages a second two carry as one: the median of the rounds."""
    return statistics.median(two.per_s / one.per_s for one, two in rounds)


def middle(rates: Sequence[Rate]) -> Rate:
    """The rate of the round in the middle."""
    return sorted(rates, key=lambda rate: rate.per_s)[len(rates) // 2]


def measure_scale(count: int) -> Scale:
    """Everything by turns, so that a slower moment of the machine meets all of it."""
    rounds = [asyncio.run(_round(count)) for _ in range(ROUNDS)]
    alone, free, held = zip(*rounds, strict=True)
    return Scale(alone, free, held)


async def _round(count: int) -> tuple[tuple[Alone, Alone], tuple[Rate, Rate], tuple[Rate, Rate]]:
    alone = measure_alone(1, count), measure_alone(2, count)
    free = await measure_rate(1, count, store=False), await measure_rate(2, count, store=False)
    held = (
        await measure_rate(1, count, store=False, held=True),
        await measure_rate(2, count, store=False, held=True),
    )
    return alone, free, held


def measure_alone(processes: int, count: int) -> Alone:
    """Processes that begin together, each with all the pages; nobody waits for a server."""
    command = [sys.executable, "-m", "bench.pipeline_scale", str(count)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    for process in started:
        _told(process)  # it is ready
    for process in started:
        print("go", file=process.stdin, flush=True)
    results = [json.loads(_told(process)) for process in started]
    for process in started:
        process.communicate()
    took = max(result["ended"] for result in results) - min(result["began"] for result in results)
    cpu_ms = statistics.fmean(1e3 * result["cpu_s"] / count for result in results)
    return Alone(processes, processes * count / took, cpu_ms)


def _told(process: "subprocess.Popen[str]") -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError(f"extraction alone ended with {process.wait()}")
    return line


def _extract_here(count: int) -> int:
    """One process: read the pages, say so, wait for the word, extract; times are the machine's monotonic clock's."""
    language_model()  # half a second, once in a process: a service reads it at its start
    some = list(pages(count)[1])
    for page in some[:WARM]:
        extract(page, URL)
    print("ready", flush=True)
    sys.stdin.readline()
    began, cpu_s = time.monotonic(), time.process_time()
    for page in some:
        extract(page, URL)
    ended = {"began": began, "ended": time.monotonic(), "cpu_s": time.process_time() - cpu_s}
    print(json.dumps(ended), flush=True)
    return 0


def table_of(scale: Scale) -> str:
    """Each way in the median round, with one and with two."""
    lines = [
        "| raw → normalized | replicas | pages/s | of what the CPU allows | CPU ms a page | cores busy with other work |",
        "|---|---|---|---|---|---|",
    ]
    for name, rounds in (("on all cores", scale.free), ("each held to a core", scale.held)):
        for rates in zip(*rounds, strict=True):
            rate = middle(rates)
            cpu = ", ".join(f"{service} {spent:.1f}" for service, spent in rate.cpu_ms.items())
            lines.append(
                f"| {name} | {rate.replicas} | {rate.per_s:.0f} | {rate.possible:.0%} | {cpu} | {rate.others:.1f} |"
            )
    for several in zip(*scale.alone, strict=True):
        one = sorted(several, key=lambda alone: alone.per_s)[len(several) // 2]
        lines.append(
            f"| extraction alone, processes | {one.processes} | {one.per_s:.0f} | | {one.cpu_ms:.1f} | |"
        )
    return "\n".join(lines)


def said(scale: Scale) -> str:
    """The figure, and what it is to be measured by on this machine; a crowded one is no measure."""
    others = statistics.median(rate.others for rates in scale.free for rate in rates)
    if others > CROWDED:
        return f"{times(scale.free):.2f} ×, while other work took {others:.1f} cores"
    used = statistics.median(one.possible for one, _ in scale.free) * (os.cpu_count() or 1)
    return (
        f"{times(scale.free):.2f} × of at most {scale.most:.2f} × (one replica works on {used:.2f} cores, two processes "
        f"extract {times(scale.alone):.2f} × as much as one; held to a core each {times(scale.held):.2f} ×)"
    )


if __name__ == "__main__":
    raise SystemExit(_extract_here(int(sys.argv[1])))

"""Articles per second, latency, CPU and memory from `articles.raw` to `articles.cleaned`: `./run bench pipeline`."""

import argparse
import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.pipeline_floors import Floors, measure_floors
from bench.pipeline_ingest import IngestCost, measure_ingest
from bench.pipeline_latency import Latency, measure_latency
from bench.pipeline_rates import Rate, measure_rate
from bench.pipeline_rig import pages
from bench.pipeline_scale import Scale, measure_scale, middle, said, table_of, times
from bench.pipeline_shares import REPLICAS, VISIBILITY_S, Shares, imbalance, measure_shares
from bench.svg_chart import bars, panels, shares_below

PARTS_OF_TIME = ("normalize", "store", "relay")
PARTS = ("floors", "ingest", "rates", "scale", "latency", "shares")
LOAD_SHARE = 0.7
IDLE_PER_S = 5.0
SHARES_PER_S = 12.0
GOALS = {
    "rate": 150,
    "possible": 0.6,
    "scale": 1.8,
    "p50_ms": 40,
    "p99_ms": 150,
    "rss_mb": 150,
    "imbalance": 0.2,
}


def main(argv: list[str]) -> int:
    """Floors, rates with one and two normalize replicas, what the second brings, latency idle and under load, shares of three replicas."""
    parser = argparse.ArgumentParser(prog="./run bench pipeline", description=__doc__)
    parser.add_argument("--pages", type=int, default=1_000, help="how many empty the stream for each rate")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each latency is measured")
    parser.add_argument("--window", type=float, default=20.0, help="seconds of each window of the shares")
    parser.add_argument("--only", choices=PARTS, action="append", help="leave the other parts out")
    parser.add_argument("--plot", type=Path, help="draw rates and latencies into this SVG file")
    _measure(parser.parse_args(argv))
    return 0


def _measure(options: argparse.Namespace) -> None:
    parts = options.only or PARTS
    print(
        f"{options.pages:,} pages ({pages(options.pages)[0]}), {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n"
    )
    floors = measure_floors(min(options.pages, 200)) if "floors" in parts else None
    if floors:
        _print_floors(floors)
    ingest = asyncio.run(measure_ingest(min(options.pages, 600))) if "ingest" in parts else None
    if ingest:
        _print_ingest(ingest)
    rates = asyncio.run(_rates(options.pages)) if "rates" in parts else []
    if rates:
        _print_rates(rates)
    scale = measure_scale(options.pages) if "scale" in parts else None
    if scale:
        _print_scale(scale)
    latencies = asyncio.run(_latencies(options.seconds, rates)) if "latency" in parts else {}
    if latencies:
        _print_latencies(latencies)
    if "shares" in parts:
        _print_shares(asyncio.run(measure_shares(SHARES_PER_S, options.window)))
    if options.plot:
        options.plot.write_text(
            _chart([*rates, *_scaled(scale)], latencies, floors, ingest), encoding="utf-8"
        )


async def _rates(count: int) -> list[tuple[str, Rate]]:
    """To the clean stream, with one and two normalize replicas."""
    return [("raw → clean", await measure_rate(replicas, count)) for replicas in (1, 2)]


def _scaled(scale: Scale | None) -> list[tuple[str, Rate]]:
    """Up to the store, which is no limit then: the median round of one and of two replicas."""
    if scale is None:
        return []
    return [("raw → normalized", middle(rates)) for rates in zip(*scale.free, strict=True)]


async def _latencies(seconds: float, rates: Sequence[tuple[str, Rate]]) -> dict[str, Latency]:
    latencies = {"idle": await measure_latency(IDLE_PER_S, seconds)}
    if rates:
        per_s = LOAD_SHARE * rates[0][1].per_s
        latencies[f"{LOAD_SHARE:.0%} load"] = await measure_latency(per_s, seconds)
    return latencies


def _print_floors(floors: Floors) -> None:
    print("| CPU ms a page | client | server |\n|---|---|---|")
    print(f"| selectolax: parsing alone | {floors.parse_ms:.2f} | |")
    print(f"| extraction alone | {floors.extract_ms:.2f} | |")
    for name, milliseconds in floors.client_ms.items():
        print(f"| {name}: the same bytes in and out | {milliseconds:.2f} | {floors.server_ms[name]:.2f} |")
    print()


def _print_ingest(cost: IngestCost) -> None:
    print(
        "| walk | pages/s | CPU ms a page | of the server | MB when warm | MB after |\n|---|---|---|---|---|---|"
    )
    cells = f"{cost.per_s:.0f} | {cost.cpu_ms:.1f} | {cost.server_ms:.1f} | {cost.rest_mb:.0f} | {cost.after_mb:.0f}"
    print(f"| request → raw (ingest) | {cells} |\n")


def _print_rates(rates: Sequence[tuple[str, Rate]]) -> None:
    print(
        "| walk | normalize replicas | pages/s | of what the CPU allows | CPU ms a page | cores busy with other work |\n|---|---|---|---|---|---|"
    )
    for walk, rate in rates:
        cpu = _joined(rate.cpu_ms, ".1f")
        print(
            f"| {walk} | {rate.replicas} | {rate.per_s:.0f} | {rate.possible:.0%} | {cpu} | {rate.others:.1f} |"
        )
    print(
        "\n| memory, MB | "
        + " | ".join(rates[0][1].rest_mb)
        + " |\n|---|"
        + "---|" * len(rates[0][1].rest_mb)
    )
    for moment, facts in (("at rest", "rest_mb"), ("after the run", "after_mb"), ("highest", "peak_mb")):
        print(
            f"| {moment} | " + " | ".join(f"{mb:.0f}" for mb in getattr(rates[0][1], facts).values()) + " |"
        )
    one, two = (rate for _, rate in rates)
    print(f"\nRedis holds {one.bytes_a_page / 1e3:.1f} KB for each raw page; clean articles: {one.cleaned:,}")
    best = max(one.per_s, two.per_s)
    rest = max(mb for name, mb in one.rest_mb.items())
    _print_goals(
        {
            f"{GOALS['rate']} pages/s: {best:.0f}": best >= GOALS["rate"],
            f"{GOALS['possible']:.0%} of what the CPU allows: {one.possible:.0%}": one.possible
            >= GOALS["possible"],
            f"at most {GOALS['rss_mb']} MB at rest: {rest:.0f}": rest <= GOALS["rss_mb"],
        }
    )


def _print_scale(scale: Scale) -> None:
    print(table_of(scale))
    goal = f"{GOALS['scale']} × with two replicas, without the store: {said(scale)}"
    _print_goals({goal: times(scale.free) >= GOALS["scale"]})


def _print_latencies(latencies: Mapping[str, Latency]) -> None:
    print(
        "| load | articles/s | clean articles | p50 ms | p90 ms | p99 ms | longest ms | first after a start, ms |\n|---|---|---|---|---|---|---|---|"
    )
    for name, latency in latencies.items():
        cells = " | ".join(f"{latency.percentile(share):.0f}" for share in (0.5, 0.9, 0.99, 1.0))
        print(f"| {name} | {latency.per_s:.0f} | {len(latency.ms)} | {cells} | {latency.first_ms:.0f} |")
    print("\n| load | part | p50 ms | p90 ms | p99 ms | of the slowest 1 %, ms |\n|---|---|---|---|---|---|")
    for name, latency in latencies.items():
        for part in PARTS_OF_TIME:
            cells = " | ".join(f"{latency.percentile(share, part):.0f}" for share in (0.5, 0.9, 0.99))
            print(f"| {name} | {part} | {cells} | {latency.slowest(part):.0f} |")
    idle = latencies["idle"]
    _print_goals(
        {
            f"idle p50 at most {GOALS['p50_ms']} ms: {idle.percentile(0.5):.0f}": idle.percentile(0.5)
            <= GOALS["p50_ms"],
            f"idle p99 at most {GOALS['p99_ms']} ms: {idle.percentile(0.99):.0f}": idle.percentile(0.99)
            <= GOALS["p99_ms"],
        }
    )


def _print_shares(shares: Mapping[str, Shares]) -> None:
    print(f"{REPLICAS} replicas of each service, {SHARES_PER_S:.0f} pages/s, visibility {VISIBILITY_S:g} s\n")
    print(
        "| service | even | one killed | one new | taken over after, s | share taken after, s | CPU ms a message |\n|---|---|---|---|---|---|---|"
    )
    for name, one in shares.items():
        cells = " | ".join(
            f"{' / '.join(map(str, counts))} ({imbalance(counts):.0%})"
            for counts in (one.even, one.without_one, one.with_new)
        )
        print(f"| {name} | {cells} | {one.taken_over_s:.1f} | {one.joined_s:.1f} | {one.cpu_ms:.1f} |")
    worst = max(imbalance(one.even) for one in shares.values())
    slowest, joined = (
        max(one.taken_over_s for one in shares.values()),
        max(one.joined_s for one in shares.values()),
    )
    _print_goals(
        {
            f"imbalance at most {GOALS['imbalance']:.0%}: {worst:.0%}": worst <= GOALS["imbalance"],
            f"taken over within {VISIBILITY_S + 1:g} s: {slowest:.1f}": slowest <= VISIBILITY_S + 1,
            f"share taken within {VISIBILITY_S:g} s: {joined:.1f}": joined <= VISIBILITY_S,
        }
    )


def _print_goals(goals: Mapping[str, bool]) -> None:
    print(
        "\n" + "\n".join(f"goal: {goal}: {'met' if met else 'MISSED'}" for goal, met in goals.items()) + "\n"
    )


def _joined(values: Mapping[str, float], shape: str) -> str:
    return ", ".join(f"{name} {value:{shape}}" for name, value in values.items())


def _chart(
    rates: Sequence[tuple[str, Rate]],
    latencies: Mapping[str, Latency],
    floors: Floors | None,
    ingest: IngestCost | None,
) -> str:
    parts = []
    if rates:
        named = {f"{walk}, {rate.replicas}": rate.per_s for walk, rate in rates}
        parts.append(bars("pages a second, by normalize replicas", named))
        own = {"ingest": ingest.cpu_ms} if ingest else {}
        alone = {"parsing alone": floors.parse_ms, "extraction alone": floors.extract_ms} if floors else {}
        parts.append(bars("CPU milliseconds a page", {**own, **rates[0][1].cpu_ms, **alone}, ".1f"))
    if latencies:
        parts.append(
            shares_below(
                "raw → clean: share of articles within",
                {name: one.ms for name, one in latencies.items()},
                "ms",
            )
        )
    return panels(parts)

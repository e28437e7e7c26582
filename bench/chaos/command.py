"""The command of the chaos runs: some seeds, the controls, or a plot of a run's record."""

import argparse
import asyncio
import dataclasses
from pathlib import Path

from .disk import mount_privately
from .faults import FAULTS, LOSSES
from .field import TOPOLOGIES
from .outcome import Outcome, Plan
from .plot import write_plot
from .report import HEAD, record_of, row_of, table_of, write_record
from .rules import RULES
from .run import run_chaos

FINDINGS_SHOWN = 30
CONTROL = Plan(pages=80, hosts=4, seconds=15, fault_every_s=1.0, drain_s=180)
SPOILT_DRAIN_S = 20.0


def main(argv: list[str]) -> int:
    """Run some seeds; 1 if any of them lost or doubled anything. With --controls: 1 if a control comes out clean."""
    options = _parser().parse_args(argv)
    if options.table:
        print(table_of(options.table))
        return 0
    plan = _plan(options, mounted=mount_privately())
    if options.controls:
        return _run_controls(options)
    print(HEAD, flush=True)
    outcomes = []
    for seed in range(options.seed, options.seed + options.seeds):
        keep = options.record / f"logs-{plan.topology}-{seed}" if options.record else None
        outcomes.append(asyncio.run(run_chaos(dataclasses.replace(plan, seed=seed, keep=keep))))
        _tell(outcomes[-1], options)
    return 0 if all(outcome.is_clean for outcome in outcomes) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run bench chaos", description=__doc__)
    parser.add_argument("--topology", choices=TOPOLOGIES, default=Plan.topology)
    parser.add_argument("--pages", type=int, default=Plan.pages)
    parser.add_argument("--hosts", type=int, default=Plan.hosts)
    parser.add_argument("--seconds", type=float, default=Plan.seconds, help="how long pages appear")
    parser.add_argument(
        "--fault-every", type=float, default=Plan.fault_every_s, help="seconds between faults"
    )
    parser.add_argument(
        "--drain",
        type=float,
        default=Plan.drain_s,
        help="seconds without progress towards the end, after the last fault, until a run is given up",
    )
    parser.add_argument("--poll", type=float, default=Plan.poll_s, help="seconds between polls of a feed")
    parser.add_argument("--poison", type=int, default=Plan.poison_each, help="poison pages of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="how many runs, with rising seeds")
    parser.add_argument(
        "--flush",
        action="store_true",
        help="lose all of Redis now and then, too: FLUSHALL, or an empty server in its place",
    )
    parser.add_argument("--clock", action="store_true", help="step the clock by an hour now and then, too")
    parser.add_argument("--only", action="append", choices=FAULTS, help="these faults alone (repeatable)")
    parser.add_argument("--none", action="store_true", help="no fault at all: how fast it goes undisturbed")
    parser.add_argument("--timeline", action="store_true", help="show when each fault was")
    parser.add_argument("--record", type=Path, help="a folder for each run's record, plot and logs")
    parser.add_argument(
        "--table",
        type=Path,
        metavar="FOLDER",
        help="run nothing: the runs recorded in a folder, as one table",
    )
    parser.add_argument(
        "--controls", action="store_true", help="runs with one rule taken out: each must fail"
    )
    parser.add_argument("--control", action="append", choices=RULES, help="these controls alone")
    return parser


def _plan(options: argparse.Namespace, *, mounted: bool) -> Plan:
    extra = [*(LOSSES if options.flush else ()), *(("clock",) if options.clock else ())]
    return Plan(
        pages=options.pages,
        hosts=options.hosts,
        seconds=options.seconds,
        fault_every_s=options.fault_every,
        drain_s=options.drain,
        topology=options.topology,
        poll_s=options.poll,
        poison_each=options.poison,
        extra=tuple(extra),
        deck=() if options.none else tuple(options.only) if options.only else None,
        mounted=mounted,
    )


def _tell(outcome: Outcome, options: argparse.Namespace) -> None:
    print(row_of(record_of(outcome)), flush=True)
    for finding in outcome.findings[:FINDINGS_SHOWN]:
        print(f"    {finding}")
    for moment, fault in outcome.timeline if options.timeline else ():
        print(f"    {moment:6.1f} s  {fault}")
    if options.timeline:
        print(f"    loud: {dict(outcome.logbook.loud)}", flush=True)
    if options.record:
        record = write_record(outcome, options.record)
        write_plot(record, record.with_suffix(".svg"))


def _run_controls(options: argparse.Namespace) -> int:
    """The same faults with all rules in place, which must come out clean, and with each rule taken out, which must not."""
    print("| rule taken out | topology | faults | with it | without it |\n|---|---|---|---|---|", flush=True)
    whole_runs: dict[tuple[str, tuple[str, ...]], Outcome] = {}
    sound = True
    for name in options.control or RULES:
        rule = RULES[name]
        plan = dataclasses.replace(CONTROL, topology=rule.topology, deck=rule.faults, seed=options.seed)
        key = rule.topology, rule.faults
        if key not in whole_runs:
            whole_runs[key] = asyncio.run(run_chaos(plan))
        whole = whole_runs[key]
        spoilt_drain_s = SPOILT_DRAIN_S + 2 * whole.drained_s  # so that slowness alone is no failure
        spoilt = asyncio.run(run_chaos(dataclasses.replace(plan, drain_s=spoilt_drain_s, without=(name,))))
        faults = ", ".join(f"{count} × {fault}" for fault, count in sorted(spoilt.faults.items()))
        print(
            f"| {rule.meaning} | {rule.topology} | {faults} | {_told(whole)} | {_told(spoilt)} |", flush=True
        )
        for finding in spoilt.findings[:FINDINGS_SHOWN] if options.timeline else ():
            print(f"    {finding}", flush=True)
        sound = sound and whole.is_clean and not spoilt.is_clean
    return 0 if sound else 1


def _told(outcome: Outcome) -> str:
    if outcome.is_clean:
        return f"clean after {outcome.drained_s:.0f} s"
    return (
        f"{len(outcome.findings)} findings after {outcome.drained_s:.0f} s: {'; '.join(outcome.findings[:2])}"
    )

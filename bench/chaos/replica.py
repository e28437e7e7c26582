"""One process of a service as a chaos run starts it: `python -m bench.chaos.replica normalize [--without RULE]`."""

import argparse
import asyncio
import resource
import runpy
import signal
import sys
from typing import Any

from .poison import install_faults
from .rules import RULES, take_out_rule

ADDRESS_SPACE = (
    3 * 1024**3
)  # bytes; a service uses a third of it, threads' stacks and mapped libraries included


def main(argv: list[str]) -> None:
    """Bound the memory, install the faults, take out a rule where this is a control, then be the service."""
    parser = argparse.ArgumentParser()
    parser.add_argument("service", choices=("ingest", "normalize", "store"))
    parser.add_argument("--without", choices=sorted(RULES), action="append", default=[])
    options = parser.parse_args(argv)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGUSR1, _tell_tasks)
    if options.service == "normalize":
        install_faults()
    for rule in options.without:
        take_out_rule(rule)
    sys.argv[1:] = []
    runpy.run_module(f"services.{options.service}", run_name="__main__", alter_sys=True)


def _tell_tasks(*_: Any) -> None:
    """What each task of this process waits for: asked of a process that does not come to its end."""
    for task in asyncio.all_tasks(asyncio.get_running_loop()):
        task.print_stack(file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])

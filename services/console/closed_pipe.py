"""A reader that has gone, as in `cleanwire … | head`: the command ends quietly, as a program that SIGPIPE ends."""

import os
import select
import sys
from collections.abc import Callable

from .exits import Exit


def ended_quietly(command: Callable[[], int]) -> int:
    """The exit code of a command: READER_GONE where nobody took the rest of what it said.

    Both libraries that print for us end with 1 then, and one of them puts something else in stdout's place.
    """
    try:
        stdout = os.dup(1)
    except OSError:  # started without one (`>&-`)
        return command()
    code = command()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what still lies in the buffers goes nowhere
        return Exit.READER_GONE
    return Exit.READER_GONE if code == Exit.FAULT and _has_no_reader(stdout) else code


def _has_no_reader(stdout: int) -> bool:
    """Whether it is a pipe that nobody reads any more."""
    watch = select.poll()
    watch.register(stdout, 0)
    return any(events & (select.POLLERR | select.POLLHUP) for _, events in watch.poll(0))

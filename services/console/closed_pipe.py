"""What ends a command's output early: a reader that has gone (`cleanwire … | head`), a full disk."""

import errno
import os
import select
import sys
from collections.abc import Callable

from .exits import Exit

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def ended_quietly(command: Callable[[], int]) -> int:
    """The exit code of a command: READER_GONE where nobody took the rest of what it said.

    Both libraries that print for us end with 1 then, and one of them puts something else in stdout's place.
    """
    try:
        stdout = os.dup(1)
    except OSError:  # started without one (`>&-`)
        return command()
    try:
        code = command()
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_the_rest()
        return Exit.READER_GONE
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        _leave_the_rest()
        sys.stderr.write(
            f"cleanwire: what it says could not be written: {error.strerror}\n  make room, or write elsewhere\n"
        )
        return Exit.FAULT
    return Exit.READER_GONE if code == Exit.FAULT and _has_no_reader(stdout) else code


def _leave_the_rest() -> None:
    """What still lies in the buffers goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _has_no_reader(stdout: int) -> bool:
    """Whether it is a pipe that nobody reads any more."""
    watch = select.poll()
    watch.register(stdout, 0)
    return any(events & (select.POLLERR | select.POLLHUP) for _, events in watch.poll(0))

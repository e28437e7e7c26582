"""One child process that logs lines and dies with its parent."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from functools import partial

LINE_LIMIT = 1 << 20  # bytes; a longer log line is passed on in pieces
PR_SET_PDEATHSIG = 1


async def start_child(command: Sequence[str], environ: Mapping[str, str]) -> Process:
    """Start it in a process group of its own: Ctrl-C reaches us alone, and we stop the children in order.

    Call it from the main thread: the child is killed when the thread that started it ends, however it ends. Nothing
    could drain then (the broker ends too), and a killed service loses nothing.
    """
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
        env=dict(environ),
        limit=LINE_LIMIT,
        process_group=0,
        preexec_fn=partial(_die_with, os.getpid()) if sys.platform == "linux" else None,
    )


async def pass_lines(process: Process, on_line: Callable[[bytes], None]) -> None:
    """Hand each line of its output on, the newline included, until it closes its output."""
    assert process.stdout is not None
    while line := await _next_line(process.stdout):
        on_line(line)


def ask_to_end(process: Process) -> None:
    """SIGTERM: finish what runs, release the rest."""
    _send(process, signal.SIGTERM)


async def has_ended(process: Process, within_s: float) -> bool:
    """Wait for its end, at most `within_s` seconds."""
    try:
        await asyncio.wait_for(process.wait(), max(0.01, within_s))
    except TimeoutError:
        return False
    return True


async def kill_child(process: Process) -> None:
    """SIGKILL, and wait for the end."""
    _send(process, signal.SIGKILL)
    await process.wait()


async def _next_line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as long:
        return await stream.read(long.consumed)


def _send(process: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)

"""Ports for servers that are started in a moment."""

import random
import socket

LOWEST, HIGHEST = 10_000, 30_000
"""Below what a kernel gives out by itself (Linux: from 32768 on): until its server has started nobody else is given such a port."""
_dice = random.SystemRandom()  # two test processes must not throw alike


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    while True:
        port = _dice.randrange(LOWEST, HIGHEST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port

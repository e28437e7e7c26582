"""The peers of `bench dedup` and `bench store`: MinHash-LSH of datasketch and rensa, SimHash, in an environment of their own."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from services.store.core.groups import groups_of

RUNNER = Path(__file__).with_name("dedup_peer_runner.py")
INSTALL = (
    "python3 -m venv .venv-peers && .venv-peers/bin/pip install datasketch==2.0.0 rensa==0.5.0 simhash==2.1.2"
)
ASKED = (
    ("datasketch", 0.5, "datasketch {version} MinHash-LSH, T 0.5"),
    ("datasketch", 0.3, "datasketch {version} MinHash-LSH, T 0.3"),
    ("rensa", 0.5, "rensa {version} R-MinHash-LSH, T 0.5"),
    ("rensa", 0.3, "rensa {version} R-MinHash-LSH, T 0.3"),
    ("simhash", 3, "simhash {version}, at most 3 bits"),
    ("simhash", 10, "simhash {version}, at most 10 bits"),
)
"""Each peer at the threshold its documentation uses and at a laxer one."""


@dataclass(frozen=True)
class Peer:
    """What one peer found in a set of texts: unverified pairs by place, and the CPU it took for all of them."""

    name: str
    cpu_s: float
    hits: Sequence[tuple[int, int]]
    texts: int

    @cached_property
    def labels(self) -> list[str]:
        """The component of its pairs that each text is in."""
        names = [str(place) for place in range(self.texts)]
        groups = groups_of(names, [(str(one), str(other)) for one, other in self.hits])
        named = {name: min(group) for group in groups for name in group}
        return [named[name] for name in names]

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds for a text: signed, looked up, added."""
        return 1e3 * self.cpu_s / self.texts


def add_option(options: argparse.ArgumentParser) -> None:
    """`--peers-python` and `--no-peers`."""
    here = Path(__file__).resolve().parents[1] / ".venv-peers/bin/python"
    python = Path(os.environ.get("CLEANWIRE_PEERS_PYTHON", here))
    options.add_argument("--peers-python", type=Path, default=python, help=f"made by: {INSTALL}")
    options.add_argument("--no-peers", dest="peers_python", action="store_const", const=None)


def run_peers(python: Path | None, texts: Sequence[Sequence[str]]) -> Iterator[Peer]:
    """Each peer in turn over these texts, given as words; one that is not installed is skipped with its reason."""
    if python is None:
        return
    if not python.exists():
        print(f"peers skipped: no {python.name} of theirs; install with: {INSTALL}", file=sys.stderr)
        return
    for peer, threshold, name in ASKED:
        asked = json.dumps({"peer": peer, "threshold": threshold, "texts": [list(words) for words in texts]})
        done = subprocess.run(
            [str(python), str(RUNNER)], input=asked, capture_output=True, text=True, check=False
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
            print(f"{peer} skipped: {reason}; install with: {INSTALL}", file=sys.stderr)
            continue
        found = json.loads(done.stdout)
        hits = [(one, other) for one, other in found["hits"]]
        yield Peer(name.format(version=found["version"]), found["cpu_s"], hits, len(texts))

"""Other extractors on the same pages in the same run, each in a process of the peers' own environment."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.extraction.corpus import ARTICLE_SETS, load_pages
from bench.extraction.figures import PageScore, score_page

PEERS = ("trafilatura", "resiliparse", "readability-lxml", "newspaper4k")
RUNNER = Path(__file__).with_name("peer_runner.py")
INSTALL = (
    "python3 -m venv .venv-peers && .venv-peers/bin/pip install trafilatura==2.3.1 resiliparse==2.0.1 && "
    ".venv-peers/bin/pip install readability-lxml==0.9 newspaper4k==0.9.6 lxml_html_clean==0.4.6 matplotlib==3.11.2"
)
"""Two steps: the packages' wishes for lxml's extras confuse pip in one."""


@dataclass(frozen=True, slots=True)
class PeerRun:
    """One peer's scores, or the reason why there are none."""

    name: str
    version: str
    scores: Sequence[PageScore]
    skipped: str | None = None


def run_peers(
    python: Path, data: Path, names: Sequence[str] = PEERS, sets: tuple[str, ...] = ARTICLE_SETS
) -> Iterator[PeerRun]:
    """Each peer in turn; one that is not installed is skipped with its reason."""
    if not python.exists():
        yield from (PeerRun(name, "", (), f"no {python}; install with: {INSTALL}") for name in names)
        return
    pages = {(page.dataset, page.row["id"]): page for page in load_pages(data, sets)}
    for name in names:
        command = [str(python), str(RUNNER), name, str(data / "pages"), *sets]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if done.returncode or not lines:
            reason = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
            yield PeerRun(name, "", (), reason)
            continue
        scores = []
        for line in lines[1:]:
            page = pages[line["dataset"], line["id"]]
            scores.append(score_page(page.dataset, page.suspect, page.row, line["found"], line["cpu_ms"]))
        yield PeerRun(name, lines[0]["version"], scores)

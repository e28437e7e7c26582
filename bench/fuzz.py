"""Pages that make extraction fail, sought by coverage for some minutes: faults, slow pages, large ones."""

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.fuzz_target import KNOWN, signature_of

ROOT = Path(__file__).resolve().parents[1]
SEEDS = (ROOT / "tests" / "corpus", ROOT / "services" / "console" / "demo" / "pages")
INSTALL = "pip install atheris==3.0.0  (3.1.0 for Python 3.12 and 3.13; x86-64 only)"
PAGE_LIMIT_S = 10  # of wall clock, on a loaded machine; the target itself minds 2 s of CPU
MEMORY_MB = 3000  # of the fuzzer with all it remembers of its coverage; the target itself minds 300 MB a page
LONGEST = 65_536
FAULT = re.compile(r"=== Uncaught Python exception: ===\s+(.+)|libFuzzer: (?:timeout|out-of-memory)")
WORDS = (
    "<article>", "</article>", "<h1>", "<p>", '<div class="byline">', "<br>", "<table><tr><td>", "<ul><li>", "<a href=",
    '<script type="application/ld+json">', "</script>", '{"@type":"NewsArticle",', '"articleBody":', '"author":',
    '"datePublished":', '"@graph":[', '<meta property="og:title" content=', "<meta charset=", "<time datetime=",
    "<figure><img src=", "<template>", "<svg>", "<math>", "<noscript>", "<!--", "<![CDATA[", "&#x110000;", "&amp;", "By ",
    "(Reuters) - ", "MINSK, Dec 12 ", "(Reporting by ", "With inputs from ", "12.12.2025 19:00 IST", "31 лютага 2025",
    "2025-02-30T10:00+99:99", "\ud800", "\ufeff", "\x00", "\u2028", "This image is AI-generated. ", "'></", '"></',
)  # fmt: skip
"""What mutations are made with beside bytes: pieces of pages."""


def main(argv: list[str] | None = None) -> int:
    """0 if nothing was found, 1 with the findings' files, 2 without atheris."""
    args = _options().parse_args(argv)
    if importlib.util.find_spec("atheris") is None:
        print(f"atheris is not installed: {INSTALL}", file=sys.stderr)
        return 2
    args.out.mkdir(parents=True, exist_ok=True)
    findings = _search(args.out, time.monotonic() + args.minutes * 60)
    for signature, file in findings.items():
        print(f"{file}: {signature}")
    print(f"{len(findings)} findings in {args.minutes:g} minutes; the pages tried lie in {args.out}")
    return 1 if findings else 0


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    options.add_argument("--minutes", type=float, default=10)
    default = Path(tempfile.gettempdir()) / "cleanwire-fuzz"
    options.add_argument("--out", type=Path, default=default, help=f"corpus and findings (default {default})")
    return options


def _search(out: Path, until: float) -> dict[str, Path]:
    """Run the target again and again; a finding ends one run and is passed over in the next."""
    corpus, seeds = _folder(out / "corpus"), _seeds(out)
    words = out / "words.dict"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in WORDS), encoding="ascii")
    found: dict[str, Path] = {}
    while (left := int(until - time.monotonic())) > 5:
        command = [
            sys.executable, "-m", "bench.fuzz_target", str(corpus), str(seeds), f"-dict={words}", f"-max_total_time={left}",
            f"-timeout={PAGE_LIMIT_S}", f"-rss_limit_mb={MEMORY_MB}", f"-max_len={LONGEST}", f"-artifact_prefix={out}/",
        ]  # fmt: skip
        run = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, KNOWN: "\n".join(found)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        print("\n".join(run.stdout.splitlines()[-2:]), flush=True)
        if run.returncode == 0:
            break
        signature, file = _signature_in(run.stdout), _newest(out)
        if file is None or signature is None or signature in found:
            raise SystemExit(f"the fuzzer itself failed:\n{run.stdout[-3000:]}")
        found[signature] = file
    return found


def _signature_in(report: str) -> str | None:
    hit = FAULT.search(report)
    return signature_of(hit[1] or hit[0]) if hit else None


def _escaped(word: str) -> str:
    """A word as libFuzzer's dictionaries hold it: ASCII, everything else by its code."""
    plain = frozenset(range(32, 127)) - {ord('"'), ord("\\")}
    return "".join(
        chr(code) if code in plain else f"\\x{code:02x}" for code in word.encode("utf-8", "surrogatepass")
    )


def _seeds(out: Path) -> Path:
    """Our own pages, each behind the two bytes that choose its address and content type."""
    folder = _folder(out / "seeds")
    for source in SEEDS:
        for page in sorted(source.glob("*.[ht][tx]*")) if source.is_dir() else ():
            kind = b"\x01\x02" if page.suffix == ".txt" else b"\x01\x01"
            (folder / page.name).write_bytes(kind + page.read_bytes()[: LONGEST - 2])
    return folder


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _newest(out: Path) -> Path | None:
    files = [file for file in out.iterdir() if file.name.startswith(("crash-", "timeout-", "oom-"))]
    return max(files, key=lambda file: file.stat().st_mtime, default=None)

"""The plain-text dumps as mails and text browsers give them, broken at a width, quoted, with numbers of links: word F1."""

import gzip
import shutil
import subprocess
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import fmean

from bench.extraction.adapter import extract_plain
from bench.extraction.corpus import word_f1, words
from bench.extraction.figures import BAD
from bench.extraction.ours import passes_by_fold
from bench.extraction.samples import TrueDump, load_dumps
from services.normalize.core.reading.decode import decode_page
from services.normalize.core.rejections import Rejection

Rendering = Callable[[TrueDump], str]

BROWSERS = {
    "lynx -dump": ("-dump", "-stdin", "-force_html", "-assume_charset=utf-8", "-display_charset=utf-8"),
    "lynx -dump -nolist": ("-dump", "-nolist", "-stdin", "-force_html", "-assume_charset=utf-8", "-display_charset=utf-8"),
    "w3m -dump": ("-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", "80"),
}  # fmt: skip


def print_wrapped_dumps(data: Path) -> None:
    """Every dump in each form, by the model of its fold; pages of suspect truth left out."""
    passes = passes_by_fold(data, "text")
    dumps = [dump for dump in load_dumps(data) if not dump.suspect]
    print(f"{len(dumps)} dumps without suspect truth{'':5}{'pooled F1':>10}{'below .5':>10}")
    for name, rendering in _renderings(data):
        scores = []
        for dump in dumps:
            text = rendering(dump).encode()
            found = extract_plain(text, "", passes=passes[dump.fold], content_type="text/plain")
            scores.append(word_f1(Counter(words(dump.text)), Counter(words(found.get("text") or ""))))
        print(f"{name:38}{fmean(scores):10.4f}{sum(score < BAD for score in scores):10}", flush=True)


def _renderings(data: Path) -> Iterator[tuple[str, Rendering]]:
    yield "as they are", lambda dump: dump.dump
    yield "broken at 80 columns", lambda dump: _broken(dump.dump.splitlines(), 80)
    yield "at 72, without blank lines", lambda dump: _broken(_filled(dump.dump), 72)
    yield "quoted in a mail", lambda dump: "\n".join(f"> {line}" for line in dump.dump.splitlines())
    for name, options in BROWSERS.items():
        program = shutil.which(name.split()[0])
        if program is not None:
            yield name, _browsed(data, (program, *options))


def _filled(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _broken(lines: Sequence[str], width: int) -> str:
    parts = []
    for line in lines:
        margin = line[: len(line) - len(line.lstrip())]
        parts += textwrap.wrap(line, width, subsequent_indent=margin, break_long_words=False) or [""]
    return "\n".join(parts)


def _browsed(data: Path, command: Sequence[str]) -> Rendering:
    """What a text browser on this machine makes of the page itself."""

    def rendering(dump: TrueDump) -> str:
        page = gzip.decompress((data / "pages" / dump.dataset / f"{dump.id}.html.gz").read_bytes())
        decoded = decode_page(page, None)
        source = b"" if isinstance(decoded, Rejection) else decoded.source
        done = subprocess.run(command, input=source, capture_output=True, check=True, timeout=60)
        return done.stdout.decode(errors="replace")

    return rendering

"""What the fuzzer runs: one page from bytes to fields, to JSON, to the explanation, with all that is promised of it."""

import json
import os
import re
import resource
import sys
import time

KNOWN = "CLEANWIRE_FUZZ_KNOWN"  # signatures of faults already found, a line each
URLS = ("", "https://ledger.example/2025/12/12/ferry", "http://[::1", "https://ledger.example.in/a?b=1")
CONTENT_TYPES = (
    None,
    "text/html; charset=utf-8",
    "text/plain",
    "text/html; charset=utf-16",
    "application/json",
)
CPU_LIMIT_S = 2.0  # of a page; coverage counting makes everything several times slower, so small pages only pass with ease
MEMORY_LIMIT_MB = 300
NUMBERS = re.compile(r"0x[0-9a-f]+|\d+")


class Finding(AssertionError):
    """A page did what no page may do."""


def signature_of(fault: str) -> str:
    """A fault's one line without its numbers: the same for all pages that meet it."""
    return NUMBERS.sub("#", fault.split("\n")[0])[:200]


def check_page(data: bytes) -> None:
    """Raises Finding where a promise is broken; the first two bytes choose address and content type."""
    from services.normalize.core.rejections import Rejection
    from services.normalize.explain import explain_html, explain_lines
    from services.normalize.extract import extract

    if len(data) < 2:
        return
    start, peak = time.process_time(), _peak_mb()
    found = extract(data[2:], URLS[data[0] % len(URLS)], CONTENT_TYPES[data[1] % len(CONTENT_TYPES)])
    if time.process_time() - start > CPU_LIMIT_S:
        raise Finding(f"slow: more than {CPU_LIMIT_S} s of CPU")
    if _peak_mb() - peak > MEMORY_LIMIT_MB:
        raise Finding(f"large: more than {MEMORY_LIMIT_MB} MB")
    if isinstance(found, Rejection):
        if found.reason == "engine error":
            raise Finding(f"engine error: {found.detail}")
        return
    if not found.text.strip():
        raise Finding("an article without text")
    json.dumps(found.as_dict(), ensure_ascii=False).encode("utf-8")
    explain_html(found).encode("utf-8")
    "\n".join(explain_lines(found)).encode("utf-8")


def _peak_mb() -> float:
    """The most memory this process has held so far; Linux counts it in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fuzz() -> None:
    """Hand the process over to libFuzzer; it ends with it."""
    import atheris

    with atheris.instrument_imports(include=["services.normalize"]):
        import services.normalize.explain
        import services.normalize.extract  # noqa: F401

    known = set(filter(None, os.environ.get(KNOWN, "").split("\n")))

    def test_one_page(data: bytes) -> None:
        try:
            check_page(data)
        except Exception as fault:
            if signature_of(f"{type(fault).__name__}: {fault}") not in known:
                raise

    atheris.Setup(sys.argv, test_one_page)
    atheris.Fuzz()


if __name__ == "__main__":
    fuzz()

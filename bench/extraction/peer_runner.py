"""Runs one peer over the data; started with the Python of the peers' own environment, prints a JSON line a page.

It imports nothing of this project: the peers' environment does not hold it.
"""

import contextlib
import gc
import gzip
import importlib.metadata
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

PAGE_LIMIT_S = 30


def trafilatura(html: bytes, url: str) -> dict[str, Any]:
    from trafilatura import bare_extraction

    found = bare_extraction(html, url=url, include_comments=False, with_metadata=True, favor_precision=True)
    if found is None:
        return {}
    authors = [name.strip() for name in (found.author or "").split(";") if name.strip()]
    return {"text": found.text, "title": found.title, "authors": authors, "published": found.date}


def resiliparse(html: bytes, url: str) -> dict[str, Any]:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    text = bytes_to_str(html, detect_encoding(html))
    return {
        "text": extract_plain_text(text, main_content=True, comments=False, alt_texts=False, noscript=False)
    }


def readability(html: bytes, url: str) -> dict[str, Any]:
    import lxml.html
    from readability import Document

    document = Document(html)
    tree = lxml.html.fromstring(document.summary() or "<p></p>")
    return {
        "text": "\n".join(part for part in tree.itertext() if part.strip()),
        "title": document.short_title(),
    }


def newspaper(html: bytes, url: str) -> dict[str, Any]:
    import tldextract
    from newspaper import Article

    if (
        tldextract.tldextract.TLD_EXTRACTOR.suffix_list_urls
    ):  # it would ask the network for a list at every page
        tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    article = Article(url, fetch_images=False)  # else it would fetch pictures to measure them
    article.download(input_html=html.decode("utf-8", "replace"))
    article.parse()
    published = article.publish_date.isoformat() if article.publish_date else None
    return {"text": article.text, "title": article.title, "authors": article.authors, "published": published}


PEERS = {
    "trafilatura": (trafilatura, "trafilatura"),
    "resiliparse": (resiliparse, "resiliparse"),
    "readability-lxml": (readability, "readability-lxml"),
    "newspaper4k": (newspaper, "newspaper4k"),
}


class Late(Exception):
    """The peer ran past the time limit for a page."""


def late(*_: Any) -> None:
    raise Late


def spare_what_is_there() -> None:
    """The garbage collector as our services set theirs: services/runtime/collector.py."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    extract, package = PEERS[name]
    print(json.dumps({"version": importlib.metadata.version(package)}))
    signal.signal(signal.SIGALRM, late)
    first = True
    for dataset in sys.argv[3:]:
        for line in (folder / dataset / "truth.jsonl").read_text(encoding="utf-8").split("\n"):
            row = json.loads(line) if line else {}
            if row.get("text") is None:
                continue
            html = gzip.decompress((folder / dataset / f"{row['id']}.html.gz").read_bytes())
            if first:  # imports and caches are not the first page's cost
                with contextlib.suppress(Exception):
                    extract(html, row["url"])
                spare_what_is_there()
                first = False
            found: dict[str, Any] = {}
            signal.alarm(PAGE_LIMIT_S)
            start = time.process_time()
            with contextlib.suppress(Exception):  # any failure of a peer is an empty result
                found = extract(html, row["url"]) or {}
            spent = time.process_time() - start
            signal.alarm(0)
            print(
                json.dumps(
                    {"dataset": dataset, "id": row["id"], "found": found, "cpu_ms": spent * 1000}, default=str
                )
            )


if __name__ == "__main__":
    main()

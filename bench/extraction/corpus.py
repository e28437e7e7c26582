"""Pages with known text: loading, folds by site, labels of blocks, word-bag scores. The data itself is not part of the project."""

import gzip
import hashlib
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ARTICLE_SETS = (
    "news424",
    "fundus_eval",
    "fundus_tests",
    "scrapinghub",
    "newspaper4k_tests",
    "magic_article",
    "wcxb_article",
    "daniel_multiling",
    "cleanportaleval",
)
NEWS_SETS = ("news424", "fundus_eval", "fundus_tests", "scrapinghub")
FOLDS = 5
# A CJK, Thai, Khmer, Lao or Burmese letter is a word of its own: those scripts put no blank between words.
WIDE = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{WIDE}]|[^\W{WIDE}]+")


@dataclass(frozen=True, slots=True)
class TruePage:
    """One page of a collection with the text, title and so on that are known to be its article's."""

    dataset: str
    row: dict[str, Any]
    html: bytes
    fold: int
    suspect: bool

    @property
    def text(self) -> str:
        text: str = self.row["text"]
        return text


def default_data() -> Path:
    """Where the collections lie: `CLEANWIRE_SHARED`, else a folder of that kind beside the project."""
    root = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("CLEANWIRE_SHARED", root.parent / "shared")) / "data" / "extraction"


def load_pages(data: Path, sets: tuple[str, ...] = ARTICLE_SETS) -> Iterator[TruePage]:
    """The pages of the named sets whose true text is known, in a fixed order."""
    suspects = {(one["dataset"], one["id"]) for one in json.loads((data / "suspect_truth.json").read_text())}
    for name in sets:
        folder = data / "pages" / name
        for line in (folder / "truth.jsonl").read_text(encoding="utf-8").split("\n"):
            if not line:
                continue
            row = json.loads(line)
            if row.get("text") is None:
                continue
            html = gzip.decompress((folder / f"{row['id']}.html.gz").read_bytes())
            yield TruePage(name, row, html, fold_of(row["site"]), (name, row["id"]) in suspects)


def fold_of(site: str) -> int:
    """The fold of a site: all pages of a site lie in one, so that a test page's site was never seen."""
    return int(hashlib.md5(site.encode()).hexdigest(), 16) % FOLDS


def words(text: str) -> list[str]:
    """Words as the word-bag measure counts them, in lower case."""
    return [word.lower() for word in WORD.findall(unicodedata.normalize("NFC", text))]


def word_f1(true: Counter[str], found: Counter[str]) -> float:
    """F1 of two word bags; two empty ones agree."""
    if not true and not found:
        return 1.0
    common = (true & found).total()
    return 2 * common / (true.total() + found.total()) if common else 0.0


def label_blocks(texts: list[str], true_text: str) -> list[float]:
    """For each block the share of its word triples that the true text holds; of shorter blocks the share of words in runs."""
    true = words(true_text)
    triples = {tuple(true[at : at + 3]) for at in range(len(true) - 2)}
    pairs = {tuple(true[at : at + 2]) for at in range(len(true) - 1)}
    lines = {" ".join(words(line)) for line in true_text.splitlines()}
    return [_share(words(text), triples, pairs, lines) for text in texts]


def _share(
    block: list[str], triples: set[tuple[str, ...]], pairs: set[tuple[str, ...]], lines: set[str]
) -> float:
    if not block:
        return 0.0
    if " ".join(block) in lines:
        return 1.0
    if len(block) >= 3:
        grams = [tuple(block[at : at + 3]) for at in range(len(block) - 2)]
        return sum(gram in triples for gram in grams) / len(grams)
    if len(block) == 2:
        return 0.6 * (tuple(block) in pairs)
    return 0.0

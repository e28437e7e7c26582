"""Where tests find the project and the pages of their own."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "corpus"
CORPUS_PAGES = sorted(CORPUS.rglob("*.html"))

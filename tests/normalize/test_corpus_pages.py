"""Whole pages of our own, as files: what each must give stands beside it. Every bug of extraction becomes one of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.normalize import Extraction, extract
from tests.places import CORPUS

PAGES = sorted(page for page in CORPUS.iterdir() if page.suffix in (".html", ".txt"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_of_the_corpus_gives_what_stands_beside_it(page: Path) -> None:
    expected = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    content_type = "text/plain" if page.suffix == ".txt" else "text/html"
    found = extract(page.read_bytes(), f"https://ledger.example/{page.stem}", content_type)
    assert isinstance(found, Extraction), found
    assert shown(found) == expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_ledger_holds_every_kept_paragraph_of_the_corpus(page: Path) -> None:
    found = extract(page.read_bytes(), f"https://ledger.example/{page.stem}", None)
    assert isinstance(found, Extraction), found
    kept = " ".join(block.text for block in found.blocks if block.kept)
    assert all(paragraph in kept for paragraph in found.text.split("\n\n"))


def shown(found: Extraction) -> dict[str, Any]:
    """The fields that a corpus page speaks of, those that are empty left out."""
    provenance = found.provenance
    fields = {
        "title": found.title,
        "authors": [f"{author.name} ({author.role})" for author in found.authors],
        "published": found.published and found.published.value,
        "language": found.language,
        "section": found.section,
        "agency": provenance.agency,
        "dateline": provenance.dateline,
        "role": provenance.role,
        "credits": [f"{credit.name} ({credit.role})" for credit in provenance.credits],
        "cites": list(provenance.cites),
        "labels": list(found.labels),
        "images": [image.url for image in found.images],
        "text": found.text.split("\n\n"),
    }
    return {name: value for name, value in fields.items() if value}

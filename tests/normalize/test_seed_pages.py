"""Five real pages with their truth, where the shared data lies beside the project: they must come out exactly."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from services.normalize import Extraction, extract
from services.normalize.core.topics.topic import make_topic
from services.normalize.core.topics.topic_profile import read_topic_profile
from tests.normalize.matching import match_topics
from tests.places import ROOT

SEEDS = Path(os.environ.get("CLEANWIRE_SHARED", ROOT.parent / "shared")) / "seeds"
TRUTH: list[dict[str, Any]] = (
    json.loads((SEEDS / "truth.json").read_text(encoding="utf-8"))["pages"] if SEEDS.is_dir() else []
)

if not TRUTH:
    pytest.skip(
        "the shared seeds are not here; CLEANWIRE_SHARED may name their folder", allow_module_level=True
    )


@pytest.fixture(params=TRUTH, ids=lambda truth: truth["id"])
def pair(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Extraction]:
    truth = request.param
    [file] = SEEDS.glob(f"{truth['id']}_*.txt")
    found = extract(file.read_bytes())
    assert isinstance(found, Extraction), found
    return truth, found


def paragraphs_of(truth: dict[str, Any]) -> list[str]:
    """The true paragraphs without the parts that belong in fields."""
    text = truth["text"]
    for part in truth.get("optional", ()):
        text = text.replace(part, "")
    return [paragraph for paragraph in text.split("\n\n") if paragraph]


def test_every_paragraph_is_kept_in_order_and_nothing_else(pair: tuple[dict[str, Any], Extraction]) -> None:
    truth, found = pair
    assert found.text.split("\n\n") == paragraphs_of(truth)
    assert not [part for part in truth["must_not_contain"] if part in found.text]


def test_title_authors_and_outlet_are_the_true_ones(pair: tuple[dict[str, Any], Extraction]) -> None:
    truth, found = pair
    assert found.title == truth["title"]
    assert [author.name for author in found.authors] == truth["authors"]
    assert found.outlet == truth["publisher"]
    assert found.language == truth["lang"]
    if "standfirst" in truth:
        assert found.standfirst == truth["standfirst"]


def test_dates_are_as_precise_as_the_page(pair: tuple[dict[str, Any], Extraction]) -> None:
    truth, found = pair
    assert (found.published and found.published.value) == truth["published"]
    assert (found.modified and found.modified.value) == truth.get("modified")
    if "published_precision" in truth:
        assert found.published and found.published.precision == truth["published_precision"]


def test_provenance_and_labels_are_what_the_page_shows(pair: tuple[dict[str, Any], Extraction]) -> None:
    truth, found = pair
    assert found.provenance.agency == truth["agency"]
    assert [credit.model_dump() for credit in found.provenance.credits] == truth.get("credits", [])
    if "cites" in truth:
        assert list(found.provenance.cites) == truth["cites"]
    assert list(found.labels) == truth.get("labels", [])
    if truth.get("role") in ("rewrite", "report-on-report"):
        assert found.provenance.role == truth["role"]
    assert found.provenance.role != "copy"


def test_ledger_covers_the_whole_page(pair: tuple[dict[str, Any], Extraction]) -> None:
    truth, found = pair
    [file] = SEEDS.glob(f"{truth['id']}_*.txt")
    shown = "".join("".join(block.text.split()) for block in found.blocks)
    assert shown == "".join(file.read_text(encoding="utf-8").split())


def test_all_five_are_on_the_topic(pair: tuple[dict[str, Any], Extraction]) -> None:
    _, found = pair
    file = ROOT / "deploy" / "topics" / "belarus-talks.toml"
    topic = make_topic(read_topic_profile(file.read_text(encoding="utf-8"), file.name))
    [match] = match_topics([topic], found.title, found.text)
    assert match.topic == "belarus-talks"
    assert match.evidence

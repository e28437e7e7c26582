"""The messages: every example is read and written back the same, and nothing else passes."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from services import contracts
from services.contracts.messages import (
    CleanArticle,
    FetchRequest,
    Message,
    NormalizedArticle,
    RawArticle,
    StoryChange,
    WithdrawnArticle,
)

EXAMPLES = Path(contracts.__file__).parent / "examples"
MODEL_OF_EXAMPLE: dict[str, type[Message]] = {
    "fetch_request.v1": FetchRequest,
    "raw_article.v1": RawArticle,
    "normalized_article.v1": NormalizedArticle,
    "clean_article.v1": CleanArticle,
    "withdrawn_article.v1": WithdrawnArticle,
    "story_change.v1": StoryChange,
}


def test_every_message_has_an_example_and_every_example_a_message() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.json")} == set(MODEL_OF_EXAMPLE)


@pytest.mark.parametrize(("name", "model"), MODEL_OF_EXAMPLE.items())
def test_an_example_is_read_and_written_back_the_same(name: str, model: type[Message]) -> None:
    example = json.loads((EXAMPLES / f"{name}.json").read_text())
    assert json.loads(model.model_validate(example).model_dump_json()) == example


@pytest.mark.parametrize(("name", "model"), MODEL_OF_EXAMPLE.items())
def test_an_unknown_future_field_breaks_nobody(name: str, model: type[Message]) -> None:
    example = json.loads((EXAMPLES / f"{name}.json").read_text())
    assert model.model_validate(example | {"from_the_future": 1}) == model.model_validate(example)


@pytest.mark.parametrize("name", ["fetch_request.v1", "raw_article.v1", "normalized_article.v1"])
def test_an_unknown_version_is_refused_by_name(name: str) -> None:
    example = json.loads((EXAMPLES / f"{name}.json").read_text()) | {"version": 99}
    with pytest.raises(ValidationError, match="version"):
        MODEL_OF_EXAMPLE[name].model_validate(example)


def test_a_message_cannot_be_changed() -> None:
    request = FetchRequest(url="https://example.com/a")
    with pytest.raises(ValidationError):
        request.url = "https://example.com/b"

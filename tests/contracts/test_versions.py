"""The contract's versions: a changed message needs a new one, and within a version only optional fields are added."""

import json
from itertools import pairwise

import pytest

from services.contracts.messages import CleanArticle, Label
from services.contracts.versions import (
    CONTRACT_VERSION,
    FOLDER,
    VERSIONS,
    SchemaVersion,
    breaking_changes,
    published_schemas,
    schema_of,
    shapes_of,
)

CLEAN = next(row for row in VERSIONS if row.model is CleanArticle)
NEW_VERSION_NEEDED = (
    "its fields are not those of the published schema: raise its version in services/contracts/versions.py, "
    "tell it in docs/contract-changelog.md, run ./run docs"
)


class WithAnOptionalField(CleanArticle):
    reading_minutes: int | None = None


class WithARequiredField(CleanArticle):
    reading_minutes: int


class WithAnotherType(CleanArticle):
    revision: str  # type: ignore[assignment]


class WithAnotherLabel(CleanArticle):
    labels: tuple[Label | str, ...] = ()  # type: ignore[assignment]


def schema_with(model: type[CleanArticle]) -> dict[str, object]:
    return schema_of(SchemaVersion("clean_article", model, "1.1"))


@pytest.mark.parametrize("row", [row for row in VERSIONS if row.event_types], ids=lambda row: row.name)
def test_a_changed_public_message_has_a_new_version(row: SchemaVersion) -> None:
    assert row.path.exists(), f"{row.name} {row.version} has no schema: run ./run docs"
    assert shapes_of(json.loads(row.path.read_text())) == shapes_of(schema_of(row)), (
        f"{row.name}: {NEW_VERSION_NEEDED}"
    )


@pytest.mark.parametrize("row", [row for row in VERSIONS if not row.event_types], ids=lambda row: row.name)
def test_an_internal_message_only_gains_optional_fields(row: SchemaVersion) -> None:
    assert breaking_changes(json.loads(row.path.read_text()), schema_of(row)) == [], NEW_VERSION_NEEDED


@pytest.mark.parametrize("name", [row.name for row in VERSIONS])
def test_a_minor_version_only_adds_optional_fields(name: str) -> None:
    for (older, before), (newer, after) in pairwise(published_schemas(name).items()):
        if older.split(".")[0] == newer.split(".")[0]:
            assert breaking_changes(before, after) == []


def test_every_published_schema_belongs_to_a_message() -> None:
    assert {path.name.partition(".v")[0] for path in FOLDER.glob("*.json")} == {row.name for row in VERSIONS}


def test_an_added_optional_field_is_seen_and_breaks_nothing() -> None:
    now = schema_of(CLEAN)
    assert shapes_of(schema_with(WithAnOptionalField)) != shapes_of(now)
    assert breaking_changes(now, schema_with(WithAnOptionalField)) == []


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (WithARequiredField, "/reading_minutes is new and required"),
        (WithAnotherType, "/revision was integer required, is string required"),
        (WithAnotherLabel, "/labels was"),
    ],
)
def test_a_breaking_change_is_told(model: type[CleanArticle], why: str) -> None:
    changes = breaking_changes(schema_of(CLEAN), schema_with(model))
    assert [change for change in changes if change.startswith(why)]


def test_a_field_that_is_gone_is_told() -> None:
    assert "/reading_minutes is gone" in breaking_changes(schema_with(WithAnOptionalField), schema_of(CLEAN))


def test_the_changelog_tells_the_contracts_version() -> None:
    changelog = (FOLDER.parents[2] / "docs" / "contract-changelog.md").read_text()
    assert f"## {CONTRACT_VERSION}" in changelog
    untold = [f"{row.name} {row.version}" for row in VERSIONS if f"{row.name} {row.version}" not in changelog]
    assert not untold

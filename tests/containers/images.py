"""Builds the images of this checkout, and those of the release before it, on an engine that may fetch packages."""

import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.containers.building import build_image
from tests.containers.engine import Engine
from tests.containers.monitors import build_monitors

CHECKOUT = Path(__file__).resolve().parents[2]
SERVICES = ("ingest", "normalize", "store", "console")
NOW, BEFORE, AGAIN = "latest", "before", "again"
FIRST_STATE = "9cb773c"
"""What stands for the release before where no tag is reachable: the last state before there were images."""
BUILDS_AT_ONCE = 3  # what one fetches another unpacks and compiles


def build(engine: Engine, service: str, tag: str, context: Path, *options: str) -> None:
    """Build one of our images. Raises what build_image does."""
    file = ("--file", str(context / "deploy" / "Dockerfile"))
    build_image(
        engine, f"cleanwire-{service}:{tag}", context, *file, "--build-arg", f"SERVICE={service}", *options
    )


def build_all(engine: Engine, scratch: Path) -> str:
    """Build every image of this checkout, one of them twice, and every image of the release before.

    Returns which state that was. Raises EngineError, CannotMake.
    """
    state = state_before()
    with ThreadPoolExecutor(BUILDS_AT_ONCE) as builders:
        builds = [builders.submit(build, engine, *one) for one in _builds(scratch, state)]
        builds.append(builders.submit(build_monitors, engine, scratch / "monitors"))
        for one in builds:
            one.result()
    if state is None:
        for service in SERVICES:
            engine.docker("tag", f"cleanwire-{service}:{NOW}", f"cleanwire-{service}:{BEFORE}")
        return "the same code: this clone has no earlier state"
    return state


def _builds(scratch: Path, state: str | None) -> Iterator[tuple[Any, ...]]:
    """What `build` is to be given, the longest builds first."""
    now = copied(CHECKOUT, scratch / NOW)  # somebody may be working in the checkout
    contexts = {NOW: now} if state is None else {NOW: now, BEFORE: _checked_out(state, scratch / BEFORE)}
    for service in reversed(SERVICES):
        yield from ((service, tag, context) for tag, context in contexts.items())
    yield "normalize", AGAIN, copied(now, scratch / AGAIN), "--no-cache"


def state_before() -> str | None:
    """The newest tag below this commit, else the first state; None where the clone does not hold it."""
    tag = _git("describe", "--tags", "--abbrev=0", "HEAD^")
    return tag or (FIRST_STATE if _git("cat-file", "-t", f"{FIRST_STATE}^{{commit}}") else None)


def copied(checkout: Path, folder: Path) -> Path:
    """What the builder is sent, in another folder and with other times."""
    folder.mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "secrets", ".env")
    for name in ("services", "deploy"):
        shutil.copytree(checkout / name, folder / name, ignore=ignored, copy_function=shutil.copyfile)
    shutil.copyfile(checkout / ".dockerignore", folder / ".dockerignore")
    return folder


def _checked_out(state: str, folder: Path) -> Path:
    """The earlier state's services and requirements under today's Dockerfile, which it may not have had."""
    copied(CHECKOUT, folder)
    for name in ("services", "deploy/requirements", "deploy/sources.toml", "deploy/topics"):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    archive = subprocess.run(
        ["git", "-C", str(CHECKOUT), "archive", state, "services", "deploy"], capture_output=True, check=True
    ).stdout
    today = {
        name: (folder / "deploy" / name).read_bytes() for name in ("Dockerfile", "start.py", "live", "unused")
    }
    subprocess.run(["tar", "-C", str(folder), "-x"], input=archive, check=True)
    for name, content in today.items():
        (folder / "deploy" / name).write_bytes(content)
    return folder


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(CHECKOUT), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""

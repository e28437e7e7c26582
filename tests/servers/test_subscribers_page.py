"""docs/subscribers.md: its commands are run as they stand there, in their order, by one shell."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from services import contracts

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "subscribers.md"
ENTRIES = Path(contracts.__file__).parent / "examples" / "entries"
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)

# `timeout` ends with 124 when it had to stop the program, which is what the page uses it for.
PRELUDE = """set -euo pipefail
timeout() { command timeout "$@" || [ $? -eq 124 ]; }
"""


def test_the_page_has_commands() -> None:
    assert len(BLOCKS) >= 7


@pytest.mark.parametrize("tool", ["redis-cli", "node", "npm"])
def test_the_page_names_its_tools(tool: str) -> None:
    assert any(tool in block for block in BLOCKS)


def test_the_pages_commands_give_a_newcomer_clean_articles(redis_url: str, tmp_path: Path) -> None:
    for tool in ("redis-cli", "node", "npm"):
        if not shutil.which(tool):
            pytest.skip(f"no {tool} on this machine")
    if not npm_answers(tmp_path):
        pytest.skip("npm reaches no registry")
    article = published_article(redis_url)
    said = run_page(redis_url, tmp_path)
    assert article["id"] in said and "cleanwire.article.published.v1" in said
    assert f"{article['subject']}.json" in said
    assert re.search(r"^reading-room +articles\.cleaned +lag 0 +0 pending", said, re.MULTILINE)
    assert "cleanwire_contracts-" in said
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        assert redis.xinfo_groups("articles.cleaned") == []
        assert not {"reading-room", "night-desk"} & set(redis.acl_users())


def published_article(redis_url: str) -> dict[str, str]:
    """Puts one entry of each article event on the stream; the fields of the first."""
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        for kind in ("article.published", "article.revised"):
            redis.xadd("articles.cleaned", json.loads((ENTRIES / f"{kind}.v1.json").read_text()))
        ((_, first), *_) = redis.xrange("articles.cleaned")
    return dict(first)


def run_page(redis_url: str, folder: Path) -> str:
    """What the page's commands print, in a folder that looks like the checkout's root."""
    for name in ("docs", "services", "LICENSE"):
        (folder / name).symlink_to(ROOT / name)
    bin_folder = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "CLEANWIRE_REDIS_URL": redis_url,
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this as: build with what is installed
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    done = subprocess.run(
        ["bash", "-c", PRELUDE + "\n".join(BLOCKS)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def npm_answers(folder: Path) -> bool:
    probe = ["npm", "view", "redis@6.3.1", "version", "--fetch-retries=0", "--fetch-timeout=10000"]
    try:
        return subprocess.run(probe, cwd=folder, capture_output=True, timeout=30).returncode == 0
    except subprocess.TimeoutExpired:
        return False

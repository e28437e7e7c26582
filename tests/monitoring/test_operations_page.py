"""The operator's guide works as written: every command of every section runs, on an archive with articles and dead letters."""

import asyncio
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis

from services.console.main import run
from services.contracts.streams import FETCH_REQUESTS
from services.runtime.delivery.dead import dead_letters
from services.runtime.delivery.dead_entry import dead_letter_of
from services.runtime.delivery.entry import Entry
from services.store.archive import Archive
from services.store.claim.incoming import incoming_of
from services.store.database.migrate import migrate
from services.store.database.opening import open_database
from tests.monitoring.conftest import SECRET, Web
from tests.store.builders import NOON, make_article

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
SECTION = re.compile(r"^#+ (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
URL = "https://one.example/a"


def sections() -> dict[str, list[str]]:
    """The commands of each section that has some."""
    parts = SECTION.split(PAGE.read_text())[1:]
    found = {
        title: [line for block in BLOCK.findall(text) for line in block.splitlines() if line]
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }
    return {title: commands for title, commands in found.items() if commands}


@pytest.fixture
def place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, redis_url: str, small_web: Web
) -> Callable[[str], list[str]]:
    """Where the commands run; returns what fills in a command's placeholders."""
    listing = f"http://{small_web.netloc}/feed?api_key={SECRET}"
    sources = tmp_path / "sources.toml"
    sources.write_text(
        f'[[source]]\nname = "A"\noutlet = "A"\n[[source.feed]]\nkind = "feed"\nurl = "{listing}"\n'
    )
    log, page = tmp_path / "services.log", tmp_path / "page.html"
    log.write_text(
        f'{{"event": "page_fetched", "url": "{URL}", "timestamp": "2026-11-20T12:00:00Z", "service": "ingest"}}\n'
    )
    page.write_text(small_web.pages["/talks"][1])
    for name, value in {
        "DATA_DIR": tmp_path,
        "REDIS_URL": redis_url,
        "SOURCES_FILE": sources,
        "PAGES_URL": tmp_path / "pages",
        "CONTACT": "ops@example.org",
        "ALLOW_PRIVATE_HOSTS": small_web.netloc,
        "HOST_GAP_S": "0.01",
    }.items():
        monkeypatch.setenv(f"CLEANWIRE_{name}", str(value))
    monkeypatch.chdir(tmp_path)
    asyncio.run(fill_archive(tmp_path))
    letter, cause = asyncio.run(bury(redis_url))
    known = {
        "LETTER": letter, "CAUSE": cause, "LISTING": listing, "PAGE": str(page), "ARTICLE": URL, "LOG": str(log),
        "DAY": "2026-11-01",
    }  # fmt: skip
    return lambda command: [known.get(word, word) for word in shlex.split(command)[1:]]


async def fill_archive(folder: Path) -> None:
    database = open_database(f"sqlite:///{folder / 'archive.db'}")
    await migrate(database)
    await Archive(database).claim(incoming_of(make_article(URL)))
    await database.close()


async def bury(redis_url: str) -> tuple[str, str]:
    """Two dead letters of one cause; the place of one and the cause's fingerprint."""
    from redis.asyncio import Redis as AsyncRedis

    async with AsyncRedis.from_url(redis_url) as redis:
        for number in (1, 2):
            entry = Entry(f"{number}-0", {b"url": f"{URL}{number}".encode(), b"version": b"99"}, 1)
            letter = dead_letter_of(
                FETCH_REQUESTS, "ingest", "c", entry, "message does not fit: version", NOON
            )
            await redis.execute_command(letter.command, letter.key, *letter.arguments)
        letters = [letter async for letter in dead_letters(redis, FETCH_REQUESTS)]
    return f"{FETCH_REQUESTS}/{letters[0].id}", letters[0].fingerprint


@pytest.mark.parametrize("title", sections())
def test_commands_of_a_section_run_as_written(
    title: str, place: Callable[[str], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    commands = sections()[title]
    if title == "Restore":
        assert run(["backup", "archive-today.db"]) == 0
    for command in commands:
        capsys.readouterr()
        code = run(place(command))
        said = capsys.readouterr()
        assert code == 0, f"{command}: exit code {code}\n{said.out}\n{said.err}"


def test_runbook_for_dead_letters_empties_them(
    place: Callable[[str], list[str]], redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One is dropped, the other put back by its cause: the alert's metric is zero again."""
    for command in ("cleanwire dead drop LETTER --yes", "cleanwire dead retry CAUSE"):
        assert run(place(command)) == 0
    with Redis.from_url(redis_url) as redis:
        assert redis.xlen(f"{FETCH_REQUESTS}.dead") == 0
        assert redis.xlen(FETCH_REQUESTS) == 1


def test_guide_has_commands_where_an_operator_needs_them() -> None:
    for title in (
        "Back up",
        "Restore",
        "Upgrade without loss",
        "Dead letters",
        "The relay is stuck",
        "The breaker is open",
    ):
        assert sections().get(title), title

"""What a licence keeps back stays back in everything an operator or analyst can print of an article."""

import asyncio
import json
from pathlib import Path

import pytest

from services.console.commands.export import export
from services.console.main import run
from services.contracts.messages import Rights, Source
from services.store.archive import Archive
from services.store.claim.incoming import incoming_of
from services.store.database.migrate import migrate
from services.store.database.opening import open_database
from services.store.reading.search_index import index_waiting
from services.store.relay.outbox import allot_ids
from tests.store.builders import make_article, make_text

URL = "https://limited.example/a"
SECRET = "zzsecret"


async def fill(folder: Path, licence: str) -> None:
    """One article of a limited source in two revisions, announced."""
    database = open_database(f"sqlite:///{folder / 'archive.db'}")
    await migrate(database)
    limited = {
        "source": Source(name="Limited", outlet="Limited", licence=licence),
        "rights": Rights(licence=licence),
    }
    text = f"{make_text(5, 90)}\n\nOnly at the end comes {SECRET} to light."
    for minutes, body in enumerate((text, f"{text}\n\nAnd {SECRET} again, in 40 towns.")):
        message = make_article(URL, body, title="Envoys meet", minutes=minutes, page=body)
        await Archive(database).claim(incoming_of(message.model_copy(update=limited)))
    await database.write(lambda connection: allot_ids(connection, "articles.cleaned", 1_764_547_200_000))
    while await index_waiting(database):
        pass
    await database.close()


@pytest.fixture(params=["excerpt", "headline"])
def licence(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CLEANWIRE_DATA_DIR", str(tmp_path))
    asyncio.run(fill(tmp_path, request.param))
    return request.param


@pytest.mark.parametrize(
    "words",
    [
        ["article", URL],
        ["article", URL, "--diff", "--ledger"],
        ["article", URL, "--json", "--diff", "--ledger"],
        ["article", URL, "--revision", "1"],
        ["search", SECRET],
        ["search", SECRET, "--json"],
    ],
    ids=" ".join,
)
def test_commands_show_no_more_than_the_licence(
    licence: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 0
    out = capsys.readouterr().out
    assert "Envoys meet" in out
    assert SECRET not in out


def test_article_says_which_licence_holds(licence: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["article", URL])
    out = capsys.readouterr().out
    assert f"licence       {licence}" in out
    assert ("(the licence keeps the text back)" in out) == (licence == "headline")


@pytest.mark.parametrize("format_", ["jsonl", "csv", "rss"])
def test_exports_give_no_more_than_the_licence(licence: str, format_: str, tmp_path: Path) -> None:
    output = tmp_path / "export"
    export(format_, since="", start="", topic="", story="", newest=False, limit=0, output=output)
    written = output.read_text()
    assert "Envoys meet" in written
    assert SECRET not in written
    if format_ == "jsonl":
        first = json.loads(written.splitlines()[0])
        assert first["data"]["rights"]["licence"] == licence

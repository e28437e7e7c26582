"""Online backup and restore of the SQLite archive."""

import asyncio
import resource
import signal

import pytest
from sqlalchemy import func, select

from services.runtime.settings import SettingsError
from services.store.app import _sole_process
from services.store.archive import Archive
from services.store.claim.incoming import incoming_of
from services.store.database.migrate import migrate
from services.store.database.opening import open_database
from services.store.database.schema import article
from services.store.settings import StoreSettings
from services.store.upkeep.backup import BackupError, back_up, restore
from tests.store.builders import make_article


async def opened(url):
    database = open_database(url)
    await migrate(database)
    return Archive(database)


async def count(archive):
    return await archive.database.read(
        lambda c: c.execute(select(func.count()).select_from(article)).scalar_one()
    )


async def test_backup_taken_while_articles_come_in_is_whole_and_restores(tmp_path):
    url = f"sqlite:///{tmp_path / 'archive.db'}"
    archive = await opened(url)
    for number in range(20):
        await archive.claim(
            incoming_of(make_article(f"https://a.example/{number}", seed=number, title=f"T {number}"))
        )

    async def go_on():
        for number in range(20, 60):
            await archive.claim(
                incoming_of(make_article(f"https://a.example/{number}", seed=number, title=f"T {number}"))
            )

    _, size = await asyncio.gather(go_on(), asyncio.to_thread(back_up, url, tmp_path / "backup.db"))
    assert size > 0
    await archive.database.close()
    restore(url, tmp_path / "backup.db")
    again = await opened(url)
    assert 20 <= await count(again) <= 60
    settled = await again.claim(incoming_of(make_article("https://a.example/3", seed=3, title="T 3")))
    assert settled.verdict == "redelivery"
    await again.database.close()
    assert (tmp_path / "archive.db.before-restore").exists()


async def test_bad_backups_are_refused_and_the_archive_stays(tmp_path):
    url = f"sqlite:///{tmp_path / 'archive.db'}"
    archive = await opened(url)
    await archive.database.close()
    with pytest.raises(BackupError, match="no backup at"):
        restore(url, tmp_path / "none.db")
    (tmp_path / "junk.db").write_bytes(b"junk" * 1000)
    with pytest.raises(BackupError, match="is no archive of Cleanwire"):
        restore(url, tmp_path / "junk.db")
    with pytest.raises(BackupError, match="could not be written"):
        back_up(url, tmp_path / "gone" / "backup.db")
    with pytest.raises(BackupError, match="exists; name a new file"):
        back_up(url, tmp_path / "junk.db")
    with pytest.raises(BackupError, match="pg_dump"):
        back_up("postgresql://127.0.0.1/x", tmp_path / "b.db")
    back_up(url, tmp_path / "good.db")
    async with _sole_process(StoreSettings(data_dir=tmp_path)):
        with pytest.raises(BackupError, match="stop it first"):
            restore(url, tmp_path / "good.db")


@pytest.fixture
def no_room():
    """Files of this process may take 40 KB at most, as on a disk that is nearly full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    told = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, told)


async def test_what_finds_no_room_leaves_the_archive_and_nothing_half_done(tmp_path, request):
    url = f"sqlite:///{tmp_path / 'archive.db'}"
    archive = await opened(url)
    await archive.claim(incoming_of(make_article("https://a.example/1")))
    await archive.database.close()
    back_up(url, tmp_path / "backup.db")
    assert (tmp_path / "backup.db").stat().st_size > 40_000
    before = (tmp_path / "archive.db").read_bytes()
    request.getfixturevalue("no_room")
    with pytest.raises(BackupError, match=r"second.db could not be written: .*room"):
        back_up(url, tmp_path / "second.db")
    with pytest.raises(BackupError, match=r"archive.db could not be written: .*room"):
        restore(url, tmp_path / "backup.db")
    assert (tmp_path / "archive.db").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"archive.db", "archive.lock", "backup.db"}


async def test_store_says_which_folder_it_cannot_write_to(tmp_path):
    (tmp_path / "file").touch()
    settings = StoreSettings(database_url=f"sqlite:///{tmp_path / 'file' / 'archive.db'}")
    with pytest.raises(SettingsError, match=r"archive's folder is '.*file' .*CLEANWIRE_DATA_DIR"):
        async with _sole_process(settings):
            pass

"""Kept pages in a local folder: each page once, each fetch under its day, and a store that is away says so."""

from datetime import date
from pathlib import Path

import pytest

from services.contracts.failures import RetryLater
from services.runtime.kept_pages import KeptPages

HASH = "ab" + "0" * 62


async def keep(pages: KeptPages, fetch_id: str, day: int, packed: bytes = b"page") -> None:
    await pages.keep(HASH, packed, day=date(2025, 12, day), fetch_id=fetch_id, record=fetch_id.encode())


async def fetches(pages: KeptPages, day: int) -> list[bytes]:
    return [record async for record in pages.fetches(date(2025, 12, day))]


async def test_a_page_is_kept_once_and_each_fetch_of_it_is_listed(tmp_path: Path) -> None:
    pages = KeptPages(str(tmp_path / "kept"))
    await keep(pages, "f1", 1)
    await keep(pages, "f2", 2, b"another packing of the same page")
    await keep(pages, "f2", 2)
    assert await pages.page(HASH) == b"page"
    assert await pages.page("cd" * 32) is None
    assert await fetches(pages, 1) == [b"f1", b"f2"]
    assert await fetches(pages, 2) == [b"f2"]
    assert await fetches(pages, 3) == []
    assert len([path for path in (tmp_path / "kept").rglob("*") if path.is_file()]) == 3


async def test_a_file_url_names_the_same_folder(tmp_path: Path) -> None:
    await keep(KeptPages(str(tmp_path)), "f1", 1)
    assert await fetches(KeptPages(tmp_path.as_uri()), 1) == [b"f1"]


async def test_an_id_from_elsewhere_does_not_lead_out_of_its_folder(tmp_path: Path) -> None:
    pages = KeptPages(str(tmp_path / "kept"))
    await keep(pages, "../../../out", 1)
    assert await fetches(pages, 1) == [b"../../../out"]
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


async def test_a_store_that_is_away_is_the_worlds_fault(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    pages = KeptPages(str(tmp_path / "kept"))
    (tmp_path / "kept").rmdir()
    (tmp_path / "kept").write_text("a file stands where the folder was")
    with pytest.raises(RetryLater) as away:
        await keep(pages, "f1", 1)
    assert away.value.dependency == "kept pages"


@pytest.mark.parametrize("url", ["ftp://host/pages", "s3://", "file:///proc/none/pages"])
def test_what_names_no_store_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="pages cannot be kept there"):
        KeptPages(url)

"""Where pages are kept: a folder, S3 or its kin, through obstore. Pages lie under their hash, fetches under their day."""

import hashlib
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator

from services.contracts.failures import RetryLater

SCHEMES = ("file://", "s3://", "gs://", "az://", "memory://")
DEPENDENCY = "kept pages"


def _pages_url(url: str) -> str:
    if url and "://" in url and not url.startswith(SCHEMES):
        raise ValueError(f"must be a folder or begin with {', '.join(SCHEMES)}; empty keeps no pages")
    return url


PagesUrl = Annotated[str, AfterValidator(_pages_url)]
"""The type of the setting CLEANWIRE_PAGES_URL; empty: no pages are kept."""


class KeptPages:
    """One store of pages. `pages/ab/<page hash>.zst` is a page as it travelled; `fetches/<day>/<fetch id>.json` a fetch.

    Credentials of S3 and its kin are read as their own tools do (AWS_ACCESS_KEY_ID, a role, …). Raises ValueError for a
    URL that names no such store.
    """

    def __init__(self, url: str) -> None:
        from obstore.exceptions import BaseError
        from obstore.store import from_url

        place = url if "://" in url else Path(url).absolute().as_uri()
        options: dict[str, Any] = {"mkdir": True} if place.startswith("file://") else {}
        try:
            self._store: Any = from_url(place, **options)
        except (BaseError, OSError, ValueError) as error:
            raise ValueError(f"pages cannot be kept there: {_first_line(error)}") from None

    async def keep(self, page_hash: str, packed: bytes, *, day: date, fetch_id: str, record: bytes) -> None:
        """Keep a page, once however often it came, and the fetch that brought it. Safe to repeat.

        The page goes first: a fetch that is listed has its page. Raises RetryLater where the store is away.
        """
        await self._put(_page_path(page_hash), packed)
        await self._put(f"fetches/{day.isoformat()}/{_file_name(fetch_id)}.json", record)

    async def page(self, page_hash: str) -> bytes | None:
        """The page as it travelled, in zstd; None where it is not kept. Raises RetryLater."""
        return await self._get(_page_path(page_hash))

    async def fetches(self, since: date) -> AsyncIterator[bytes]:
        """The records of all fetches from a day on, day by day. Raises RetryLater."""
        for day in await self._days():
            if day >= since.isoformat():
                async for record in self._fetches_of(day):
                    yield record

    async def _fetches_of(self, day: str) -> AsyncIterator[bytes]:
        async for chunk in self._store.list(f"fetches/{day}"):
            for found in chunk:
                record = await self._get(found["path"])
                if record is not None:
                    yield record

    async def _days(self) -> list[str]:
        from obstore.exceptions import BaseError

        try:
            listed = await self._store.list_with_delimiter_async("fetches")
        except (BaseError, OSError) as error:
            raise _away(error) from error
        return sorted(prefix.rpartition("/")[2] for prefix in listed["common_prefixes"])

    async def _put(self, path: str, content: bytes) -> None:
        from obstore.exceptions import AlreadyExistsError, BaseError

        try:
            await self._store.put_async(path, content, mode="create")
        except AlreadyExistsError:
            return
        except (BaseError, OSError) as error:
            raise _away(error) from error

    async def _get(self, path: str) -> bytes | None:
        from obstore.exceptions import BaseError

        try:
            return bytes(await (await self._store.get_async(path)).bytes_async())
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise _away(error) from error


def _page_path(page_hash: str) -> str:
    return f"pages/{page_hash[:2]}/{page_hash}.zst"


def _file_name(fetch_id: str) -> str:
    """The id itself, as ours are hex; an id from elsewhere must not lead out of its folder."""
    return fetch_id if fetch_id.isalnum() else hashlib.sha256(fetch_id.encode()).hexdigest()


def _away(error: Exception) -> RetryLater:
    return RetryLater(DEPENDENCY, after_s=5.0, detail=_first_line(error))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]

"""The broker of one machine: the embedded server over a data folder, kept running."""

import asyncio
import contextlib
import fcntl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import structlog

from ..exits import CommandError
from ..settings import REDIS_URL_FILE
from .embedded_valkey import EmbeddedValkey, ValkeyStartError, start_valkey

LOCK_FILE = "up.lock"
FOLDER = "valkey"
WATCH_S = 0.2  # how soon a killed server is noticed


@contextlib.asynccontextmanager
async def local_broker(data_dir: Path) -> AsyncIterator[str]:
    """The URL of the embedded server over `data_dir`; while the context lasts it is started again when it dies.

    Raises CommandError where the folder is in use or the server does not start.
    """
    with _locked(data_dir):
        server = _start(data_dir / FOLDER, _port_of_last_time(data_dir))
        keeper = _Keeper(server)
        watching = asyncio.create_task(keeper.watch())
        (data_dir / REDIS_URL_FILE).write_text(server.url + "\n")
        try:
            yield server.url
        finally:
            watching.cancel()
            await asyncio.wait([watching])
            keeper.server.stop()


class _Keeper:
    """Starts the server again, on its port and over its file, when it dies."""

    def __init__(self, server: EmbeddedValkey) -> None:
        self.server = server

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_S)
            code = self.server.process.poll()
            if code is not None:
                structlog.get_logger().error("valkey_died", exit_code=code)
                self.server = _start(self.server.data_dir, self.server.port)


def _start(folder: Path, port: int) -> EmbeddedValkey:
    try:
        return start_valkey(folder, port)
    except ValkeyStartError as error:
        if port == 0:
            raise CommandError(str(error), "or name a Redis of your own in CLEANWIRE_REDIS_URL") from None
        return _start(folder, 0)


def _port_of_last_time(data_dir: Path) -> int:
    """The same port again, so that subscribers find the server where it was; 0 where there was none."""
    try:
        return int((data_dir / REDIS_URL_FILE).read_text().rpartition(":")[2].partition("/")[0])
    except (OSError, ValueError):
        return 0


@contextlib.contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    """Two servers over one file would destroy it."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = (data_dir / LOCK_FILE).open("w")
    except OSError as error:
        raise CommandError(
            f"CLEANWIRE_DATA_DIR is {str(data_dir)!r}: {error.strerror}",
            "name a folder that you may write to",
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"another cleanwire runs over the data folder {data_dir}",
                "stop it, or set CLEANWIRE_DATA_DIR to another folder",
            ) from None
        yield

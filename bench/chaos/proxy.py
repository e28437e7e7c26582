"""A TCP proxy that does to connections what networks do: reset them, hold them up, swallow everything."""

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass, field

CHUNK = 65_536
LINGER_RESET = struct.pack("ii", 1, 0)  # closed at once, with a reset instead of a farewell


@dataclass(eq=False)
class _Pair:
    """A client's connection and ours to the server."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)
    is_abandoned: bool = False

    def reset(self) -> None:
        for writer in (self.client, self.server):
            raw = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
            writer.transport.abort()
        for task in self.tasks:
            task.cancel()


class FaultProxy:
    """Stands between one process and a server on 127.0.0.1; `port` is where the process finds it."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.port = 0
        self._pairs: set[_Pair] = set()
        self._abandoned: list[asyncio.StreamWriter] = []
        self._open = asyncio.Event()
        self._open.set()
        self._refuses = False
        self._delay_s = 0.0
        self._server: asyncio.Server | None = None

    async def start(self) -> "FaultProxy":
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=256)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
        self.reset()
        for writer in self._abandoned:
            writer.transport.abort()
        await asyncio.sleep(0)

    def reset(self) -> None:
        """Every connection is reset; new ones are served."""
        for pair in tuple(self._pairs):
            pair.reset()

    def partition(self) -> None:
        """Nothing passes either way, and nobody is told: connections stay, new ones are accepted and say nothing."""
        self._open.clear()

    def refuse(self) -> None:
        """Connections are reset and new ones are not served."""
        self._refuses = True
        self.reset()

    def abandon(self) -> None:
        """What is open is forgotten on the far side and stays open, silent for ever, on the near one."""
        for pair in tuple(self._pairs):
            for task in pair.tasks:
                task.cancel()
            self._pairs.discard(pair)
            self._abandoned.append(pair.client)
            pair.server.transport.abort()
            pair.is_abandoned = True

    def slow_down(self, delay_s: float) -> None:
        """Each piece of data is late by so much, in either direction."""
        self._delay_s = delay_s

    def heal(self) -> None:
        """Serve as a wire does. What was held up by a partition arrives now, late."""
        self._refuses, self._delay_s = False, 0.0
        self._open.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._open.wait()
        if self._refuses:
            writer.transport.abort()
            return
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        pair = _Pair(writer, to_server)
        self._pairs.add(pair)
        pair.tasks = [
            asyncio.ensure_future(self._pump(reader, to_server)),
            asyncio.ensure_future(self._pump(from_server, writer)),
        ]
        try:
            await asyncio.wait(pair.tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._pairs.discard(pair)
            for task in pair.tasks:
                task.cancel()
            if not pair.is_abandoned:
                for end in (writer, to_server):
                    end.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if self._delay_s:
                    await asyncio.sleep(self._delay_s)
                await self._open.wait()
                writer.write(data)
                await writer.drain()

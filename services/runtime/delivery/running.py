"""What runs in this process: the local table of an engine, and the room in which a suspect runs alone."""

import asyncio
from collections.abc import Iterator
from typing import NamedTuple

from .entry import Entry


class Delivery(NamedTuple):
    """One entry in this process, from its claim until Redis has confirmed its end."""

    entry: Entry
    task: "asyncio.Task[None]"


class Running:
    """The entries of one engine, from claim until Redis has confirmed finish or release.

    Rule: an id in here is never taken a second time by this process. Otherwise a release repeated after a lost reply
    would give back an entry that this very consumer runs again.
    """

    def __init__(self) -> None:
        self._deliveries: dict[str, Delivery] = {}
        self.changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._deliveries)

    def __contains__(self, entry_id: str) -> bool:
        return entry_id in self._deliveries

    def __getitem__(self, entry_id: str) -> Entry:
        return self._deliveries[entry_id].entry

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._deliveries))

    def add(self, delivery: Delivery) -> None:
        """An entry is ours and its handler runs."""
        self._deliveries[delivery.entry.id] = delivery

    def remove(self, entry_id: str) -> None:
        """Redis has confirmed the entry's end."""
        self._deliveries.pop(entry_id, None)
        self.changed.set()

    def cancel_all(self) -> None:
        """End every handler that still runs."""
        for delivery in tuple(self._deliveries.values()):
            delivery.task.cancel()

    async def wait_for_change(self, at_most_s: float) -> None:
        """Until an entry has ended, or somebody set `changed`, or the time is over."""
        self.changed.clear()
        try:
            await asyncio.wait_for(self.changed.wait(), at_most_s)
        except TimeoutError:
            return


class Solitude:
    """The engines of one process agree here on who may run a suspect with nothing beside it."""

    def __init__(self) -> None:
        self._tables: list[Running] = []
        self._holder: Running | None = None

    def join(self, table: Running) -> None:
        """An engine starts in this process."""
        self._tables.append(table)

    def leave(self, table: Running) -> None:
        """An engine has stopped."""
        self.release(table)
        self._tables = [other for other in self._tables if other is not table]

    def claim(self, table: Running) -> bool:
        """Ask all others to take nothing new; False while another engine has asked before."""
        if self._holder is None:
            self._holder = table
        return self._holder is table

    def release(self, table: Running) -> None:
        """The suspect has ended, or there was none."""
        if self._holder is table:
            self._holder = None

    def is_kept_by_other(self, table: Running) -> bool:
        """Whether `table` must take nothing new."""
        return self._holder is not None and self._holder is not table

    def is_quiet(self) -> bool:
        """Whether nothing at all runs in this process."""
        return not any(len(table) for table in self._tables)


PROCESS = Solitude()

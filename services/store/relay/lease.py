"""An expiring row that says which relay works now. It saves work; safety comes from the append script alone."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, update

from ..database.opening import Database
from ..database.schema import EPOCH, lease
from ..database.statements import insert_new

LEASE_S = 3.0  # how long subscribers wait when a relay was killed
RENEW_BELOW_S = 2.0
BEYOND_BELIEF_S = 60.0  # machines whose clocks differ by less share a lease as usual


class Lease:
    """One holder's view of one lease. `now` comes in, so that a test can let it expire."""

    def __init__(self, database: Database, name: str, holder: str) -> None:
        self._database, self._name, self._holder = database, name, holder
        self._until = EPOCH

    async def hold(self, now: datetime) -> bool:
        """Take or renew the lease; False while another holder has it. Raises RetryLater."""
        left = self._until - now
        if timedelta(seconds=RENEW_BELOW_S) < left <= timedelta(seconds=LEASE_S):
            return True
        until = now + timedelta(seconds=LEASE_S)
        held = await self._database.write(lambda connection: self._take(connection, now, until))
        self._until = until if held else EPOCH
        return held

    async def release(self) -> None:
        """Let another relay begin at once. Raises RetryLater."""
        mine = update(lease).where(lease.c.name == self._name, lease.c.holder == self._holder)
        await self._database.write(lambda connection: connection.execute(mine.values(until=EPOCH)))
        self._until = EPOCH

    def _take(self, connection: Connection, now: datetime, until: datetime) -> bool:
        connection.execute(
            insert_new(connection, lease), {"name": self._name, "holder": self._holder, "until": until}
        )
        # No lease is given for so long: its holder's clock was ahead, or ours was set back.
        impossible = lease.c.until > now + timedelta(seconds=BEYOND_BELIEF_S)
        free = or_(lease.c.holder == self._holder, lease.c.until < now, impossible)
        taken = update(lease).where(lease.c.name == self._name, free).values(holder=self._holder, until=until)
        return connection.execute(taken).rowcount == 1

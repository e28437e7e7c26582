"""A request that had to wait comes back in its own trace."""

from datetime import timedelta

from services.contracts.messages import FetchRequest
from services.contracts.streams import FETCH_REQUESTS
from services.ingest import keys
from services.ingest.scheduling.putting_back import put_back
from services.runtime.delivery.entry import Entry
from services.runtime.envelope import DATA_KEY, unseal
from services.runtime.handling import handling
from tests.ingest.conftest import BuildWalk, Clock


async def test_waiting_request_comes_back_in_its_trace(build_walk: BuildWalk, clock: Clock) -> None:
    walk = build_walk()
    with handling(Entry("5-0", {}, 1)) as running:
        running.headers = {"correlation_id": "c", "trace_id": "1" * 32}
        put_back(FetchRequest(url="https://a.example/x"), clock.now() + timedelta(seconds=30))
    for output in running.outputs:
        await walk.redis.execute_command(output.command, output.key, *output.arguments)
    clock.forward(31)

    await walk.ingest.scheduler.turn()

    [(_id, fields)] = await walk.redis.xrange(FETCH_REQUESTS)
    _, headers = unseal(fields[DATA_KEY])
    assert (headers["correlation_id"], headers["trace_id"]) == ("c", "1" * 32)
    assert not await walk.redis.exists(keys.DELAYED_HEADERS)

"""Old seen marks are cleared once a day; those of listed entries stay."""

from services.ingest import keys
from services.ingest.core.seen_marks import SeenMark, day_number
from tests.ingest.conftest import BuildWalk, Clock


async def test_old_marks_go_once_a_day_and_young_ones_stay(build_walk: BuildWalk, clock: Clock) -> None:
    walk = build_walk()
    today = day_number(clock.now())
    marks = {f"old{n}": SeenMark(("t",), 0, today - 90).text() for n in range(1200)}
    marks |= {f"young{n}": SeenMark(("t",), 0, today - 9).text() for n in range(10)}
    await walk.redis.hset(keys.seen_marks("A"), mapping=marks)

    assert await walk.ingest.clearer.turn() == 1200
    assert await walk.redis.hlen(keys.seen_marks("A")) == 10
    assert await build_walk().ingest.clearer.turn() == 0
    clock.forward(86400)
    assert await walk.redis.exists(keys.marks_cleared(clock.now().date().isoformat())) == 0

"""Ingest's clock: set back, it goes on; two replicas go by the later one; nobody is believed against all sense."""

from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from services.ingest.clock import SteadyClock

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Machine:
    """A machine whose wall clock may be set; its monotonic clock may not."""

    def __init__(self) -> None:
        self.wall, self.turn = NOON, 0.0

    def run(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.turn += seconds

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.turn)


def test_clock_of_a_sound_machine_is_the_machines() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.run(90)
    assert clock.now() == machine.wall


def test_clock_set_back_goes_on_at_half_speed_until_the_machine_has_caught_up() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall -= HOUR
    machine.run(10)
    assert clock.now() == NOON + timedelta(seconds=5)
    machine.run(3 * 3600)
    assert clock.now() == machine.wall


def test_clock_set_ahead_is_followed_at_once() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += HOUR
    assert clock.now() == NOON + HOUR


def test_clock_that_was_days_ahead_is_given_up() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += timedelta(days=400)
    assert clock.now() == machine.wall
    machine.wall = NOON
    assert clock.now() == NOON


async def test_replica_that_starts_after_the_clock_was_set_back_goes_by_the_others(
    redis_client: Redis,
) -> None:
    machine = Machine()
    await machine.clock().level(redis_client)
    machine.wall -= HOUR
    late = machine.clock()
    assert late.now() == NOON - HOUR
    await late.level(redis_client)
    assert late.now() == NOON


async def test_replica_with_a_mad_clock_takes_nobody_along(redis_client: Redis) -> None:
    mad, sound = Machine(), Machine()
    mad.wall += timedelta(days=400)
    await mad.clock().level(redis_client)
    clock = sound.clock()
    await clock.level(redis_client)
    assert clock.now() == NOON
    late = sound.clock()
    await late.level(redis_client)
    assert late.now() == NOON

"""The pause of a stage, with a clock of the test's own."""

from services.runtime.delivery.pause import Pause


def paused(at: float = 100.0) -> Pause:
    pause = Pause(3, (1.0, 8.0))
    assert [pause.note_later("db", at) for _ in range(3)] == [False, False, True]
    return pause


def test_several_in_a_row_from_one_dependency_pause() -> None:
    assert paused().dependency == "db"


def test_any_other_end_between_them_begins_the_row_anew() -> None:
    pause = Pause(3, (1.0, 8.0))
    pause.note_later("db", 0)
    pause.note_later("db", 0)
    assert pause.note_end() is None
    assert not pause.note_later("db", 0)


def test_different_dependencies_do_not_add_up() -> None:
    pause = Pause(3, (1.0, 8.0))
    assert not any(pause.note_later(name, 0) for name in ("a", "b", "c", "a", "b", "c"))


def test_failed_probes_wait_longer_up_to_the_cap() -> None:
    pause, now, waits = paused(100.0), 100.0, []
    for _ in range(6):
        waits.append(pause.probe_at - now)
        now = pause.probe_at
        pause.note_probe(now)
        pause.note_later("db", now)
    assert waits == [1, 2, 4, 8, 8, 8]


def test_handlers_that_were_running_do_not_make_the_wait_longer() -> None:
    pause = paused(100.0)
    for _ in range(13):
        assert not pause.note_later("db", 100.2)
    assert pause.probe_at == 101.0


def test_end_tells_who_is_back_once() -> None:
    pause = paused()
    assert pause.note_end() == "db"
    assert pause.note_end() is None
    assert pause.dependency is None

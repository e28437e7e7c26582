"""The collector leaves alone what was there at the start, and still finds circles made later."""

import gc
import weakref

import pytest

from services.runtime.collector import spare_what_is_there


class Ring:
    """Holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def spared():
    before = gc.get_threshold()
    spare_what_is_there()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_was_there_is_in_no_round(spared):
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < gc.get_freeze_count()


def test_circle_made_later_is_found_without_being_asked_for(spared):
    ring = weakref.ref(Ring())
    made: list[list[object]] = [[] for _ in range(50_000)]
    assert ring() is None
    assert len(made) == 50_000

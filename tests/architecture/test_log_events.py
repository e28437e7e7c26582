"""The catalogue of log events is whole: what is logged is told, and what is told is logged."""

from pathlib import Path

from services.console.docs.events_page import read_meanings
from services.console.docs.log_events import logged_events

FIX = "add it to services/console/docs/events.toml and run ./run docs"


def test_every_logged_event_is_in_the_catalogue() -> None:
    assert sorted(set(logged_events()) - set(read_meanings())) == [], FIX


def test_every_event_of_the_catalogue_is_logged_somewhere() -> None:
    assert sorted(set(read_meanings()) - set(logged_events())) == []


def test_every_event_says_what_it_means_and_bad_ones_what_to_do() -> None:
    meanings = read_meanings()
    assert [
        name for name, told in meanings.items() if not told.get("means") or set(told) - {"means", "do"}
    ] == []
    severe = [name for name, event in logged_events().items() if event.levels & {"error", "critical"}]
    assert [name for name in severe if not meanings[name].get("do")] == []


def test_event_that_a_function_is_handed_is_found_where_its_name_stands(tmp_path: Path) -> None:
    module = tmp_path / "ingest" / "x.py"
    module.parent.mkdir()
    module.write_text(
        'def _end(event, why):\n    log_outcome(event, "x", why=why)\n_end("a_thing", "b")\nother("c_thing")\n'
    )
    (event,) = logged_events(tmp_path).values()
    assert (event.name, event.levels, event.fields, event.is_outcome) == ("a_thing", {"info"}, {"why"}, True)


def test_events_are_found_by_their_name_level_and_fields(tmp_path: Path) -> None:
    module = tmp_path / "store" / "x.py"
    module.parent.mkdir()
    module.write_text(
        'log.warning("a_thing", url=1)\nlog_outcome("b_thing", "fine", size=2)\nother.info("c_thing")\n'
    )
    events = logged_events(tmp_path)
    assert set(events) == {"a_thing", "b_thing"}
    assert (events["a_thing"].levels, events["a_thing"].fields, events["a_thing"].is_outcome) == (
        {"warning"},
        {"url"},
        False,
    )
    assert (events["b_thing"].services, events["b_thing"].is_outcome) == ({"store"}, True)

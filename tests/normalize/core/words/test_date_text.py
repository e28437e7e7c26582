"""Dates as pages write them, in the languages of our sources."""

import pytest

from services.normalize.core.metadata.date_values import read_moment
from services.normalize.core.words.date_text import MONTH_OF_STEM, Habits, find_moment
from services.normalize.core.words.zones import place_of_page


@pytest.mark.parametrize(
    ("text", "value", "precision", "zone"),
    [
        ("Posted on December 12, 2025", "2025-12-12", "day", None),
        ("Fri 22 Dec 2023 06.30 EST", "2023-12-22T06:30:00-05:00", "minute", "EST"),
        ("Updated 4:05 PM ET, Fri December 22, 2023", "2023-12-22T16:05:00-05:00", "minute", "ET"),
        ("4:05 PM ET, Fri June 23, 2023", "2023-06-23T16:05:00-04:00", "minute", "ET"),
        ("12 декабря 2025, 14:05 МСК", "2025-12-12T14:05:00+03:00", "minute", "МСК"),
        ("12 снежня 2025 г. 10:15", "2025-12-12T10:15:00", "minute", None),
        ("3 сакавіка 2024", "2024-03-03", "day", None),
        ("12 грудня 2025 о 15:30", "2025-12-12T15:30:00", "minute", None),
        ("12 grudnia 2025, godz. 15:20", "2025-12-12T15:20:00", "minute", None),
        ("2025 m. gruodžio 12 d. 10:15", "2025-12-12T10:15:00", "minute", None),
        ("12. Dezember 2025, 19.05 Uhr", "2025-12-12T19:05:00", "minute", None),
        ("Publié le 3 août 2024 à 14h05", "2024-08-03T14:05:00", "minute", None),
        ("12 de diciembre de 2025", "2025-12-12", "day", None),
        ("2023年12月22日 10:05", "2023-12-22T10:05:00", "minute", None),
        ("10:15 / 12.12.2025", "2025-12-12T10:15:00", "minute", None),
        ("12-12-2025 19:00 UTC+3", "2025-12-12T19:00:00+03:00", "minute", "UTC+3"),
    ],
)
def test_written_date_keeps_its_precision_and_zone(
    text: str, value: str, precision: str, zone: str | None
) -> None:
    moment = find_moment(text)
    assert moment is not None
    assert (moment.value, moment.precision, moment.zone) == (value, precision, zone)


@pytest.mark.parametrize(
    "text",
    ["last month", "2 days ago", "вчера", "31 February 2024", "in March", "room 12.30", "Listopad 2025"],
)
def test_relative_or_impossible_date_is_none(text: str) -> None:
    assert find_moment(text) is None


def test_numbers_that_read_two_ways_are_no_date_without_the_pages_habits() -> None:
    assert find_moment("05/06/2024") is None
    british, american = (
        find_moment("05/06/2024", Habits(day_first=True)),
        find_moment("05/06/2024", Habits(day_first=False)),
    )
    assert british is not None and british.value == "2024-06-05"
    assert american is not None and american.value == "2024-05-06"


@pytest.mark.parametrize(
    ("text", "host", "value"),
    [
        ("Phone: +91-720-5550100", "", "2025-12-12T19:00:00+05:30"),
        ("", "news.example.in", "2025-12-12T19:00:00+05:30"),
        ("Call +353 1 555 0100", "", "2025-12-12T19:00:00+01:00"),
        ("Tel: +972 3 555 0100", "", "2025-12-12T19:00:00+02:00"),
        ("+91 22 5550100 and +353 1 5550100", "", "2025-12-12T19:00:00"),
        ("nothing that names a country", "", "2025-12-12T19:00:00"),
    ],
)
def test_ist_is_indias_only_where_the_page_says_so(text: str, host: str, value: str) -> None:
    moment = find_moment("12-12-2025 19:00 IST", Habits(place=place_of_page(text, host)))
    assert moment is not None
    assert (moment.value, moment.zone) == (value, "IST")


@pytest.mark.parametrize(
    ("attribute", "value", "precision"),
    [
        ("2023-12-22", "2023-12-22", "day"),
        ("2023-12-22T00:00:00", "2023-12-22", "day"),
        ("2023-12-22T10:05:07+0100", "2023-12-22T10:05:07+01:00", "second"),
        ("2023-12-22T10:05Z", "2023-12-22T10:05:00+00:00", "minute"),
        ("2023-12-22 10:05:07.123 +01", "2023-12-22T10:05:07+01:00", "second"),
        ("20231222T100507", "2023-12-22T10:05:07", "second"),
        ("Fri, 22 Dec 2023 10:05:07 GMT", "2023-12-22T10:05:07+00:00", "second"),
    ],
)
def test_attribute_date_is_read_in_its_usual_spellings(attribute: str, value: str, precision: str) -> None:
    moment = read_moment(attribute)
    assert moment is not None
    assert (moment.value, moment.precision) == (value, precision)


@pytest.mark.parametrize(
    "attribute", ["", "yesterday", "0000-00-00", "1970-01-01T00:00:00Z", "9999", "{{date}}"]
)
def test_attribute_that_is_no_date_is_none(attribute: str) -> None:
    assert read_moment(attribute) is None


def test_no_beginning_of_a_month_goes_on_as_another_does() -> None:
    stems = list(MONTH_OF_STEM)
    assert [(one, other) for one in stems for other in stems if one != other and one.startswith(other)] == []

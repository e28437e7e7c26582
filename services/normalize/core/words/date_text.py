"""Dates as people write them, in nine languages: one regular expression, one value. No guess where two readings stand."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import chain

from services.contracts.messages import Precision
from services.normalize.core.words.caseless import Caseless
from services.normalize.core.words.zones import ZONE_NAME, attach_zone

MONTHS = (
    # en de fr es pl lt, Latin; then ru be uk, Cyrillic: the shortest beginnings that name one month only
    ("jan", "jän", "ene", "sty", "saus", "янв", "сту", "січ"),
    ("feb", "fév", "fev", "lut", "vas", "фев", "лют"),
    ("mar", "mär", "mrz", "kov", "мар", "сак", "бер"),
    ("apr", "avr", "abr", "kwi", "bal", "апр", "кві", "крас"),
    ("may", "mai", "maj", "geg", "май", "мая", "тра"),
    ("jun", "juin", "cze", "birž", "июн", "чэр", "чер"),
    ("jul", "juil", "lip", "liep", "июл", "ліп", "лип"),
    ("aug", "aoû", "aou", "ago", "sie", "rugp", "авг", "жні", "сер"),
    ("sep", "wrz", "rugs", "сен", "вер"),
    ("oct", "okt", "paź", "spal", "окт", "кас", "жов"),
    ("nov", "lis", "lapk", "ноя", "ліс", "лис"),
    ("dec", "dez", "déc", "dic", "gru", "дек", "сне", "гру"),
)
MONTH_OF_STEM = {stem: number for number, stems in enumerate(MONTHS, 1) for stem in stems}
STEM_LETTERS = sorted({len(stem) for stem in MONTH_OF_STEM})
STEMS = "|".join(MONTH_OF_STEM)
"""What a month's name begins with, for expressions; no beginning goes on as another one does."""

MONTH = rf"(?P<month>(?:{STEMS})\w*)\.?"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|-[гя]\w+)?\.?"
YEAR = r"(?P<year>(?:19|20)\d\d)"
YEAR_WORD = r"(?:(?:-ųjų|\s?(?:г\.?|р\.?|года|году|годзе|року|r\.|roku|m\.|metų))(?!\w))?"
TIME = (
    rf"(?P<hour>[01]?\d|2[0-3])(?:[:.h]|\sh\s)(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?"
    rf"(?:\s?(?P<half>[ap])\.?m\b\.?)?(?:\s?(?:Uhr\s?)?\(?(?P<zone>{ZONE_NAME})(?![\w+-]))?"
)
BETWEEN = r"(?:,|\s|\bat\b|\bв\b|\bо\b|\bа\b|\bum\b|\bà\b|\bàs\b|\ba las\b|\bу\b|\bў\b|\bo\b|\bgodz\.|\bг\.|\bр\.|\|\s|[-–—•·/]\s|\(|T)"
WEEKDAY = r"(?:(?:\w+dienis|\w+dienį|(?:mon|tues|wednes|thurs|fri|satur|sun)day),?\s)?"
AFTER = rf"(?:{BETWEEN}{{1,4}}{WEEKDAY}{TIME})?"

FORMS = (
    rf"(?<!\d){YEAR}[-/.](?P<month_number>\d{{1,2}})[-/.]{DAY}(?!\d){AFTER}",
    rf"(?<!\d){YEAR}\s(?P<month_number>0[1-9]|1[0-2])\s(?P<day>0[1-9]|[12]\d|3[01])(?!\d){AFTER}",
    rf"(?<!\d){YEAR}[年년]\s?(?P<month_number>\d{{1,2}})[月월]\s?(?P<day>\d{{1,2}})[日일](?:\s?{TIME})?",
    rf"(?<!\d){YEAR}{YEAR_WORD}\s{MONTH}\s{DAY}(?:\s?d\.)?{AFTER}",
    rf"(?<!\d){DAY}(?:\s|\s?de\s|\sof\s|-){MONTH}(?:\s|,\s|\s?del?\s|-){YEAR}(?!\d){YEAR_WORD}{AFTER}",
    rf"(?<!\w){MONTH}\s{DAY},?\s{YEAR}(?!\d){AFTER}",
    rf"(?<!\d)(?P<first>\d{{1,2}})(?P<mark>[./-])(?P<second_number>\d{{1,2}})(?P=mark){YEAR}(?!\d){AFTER}",
)
PATTERNS = tuple(map(Caseless.of, FORMS))

TIME_BEFORE = re.compile(rf"{TIME}(?:[,\s/|–—•·-]{{1,4}})(?:[^\W\d]{{2,10}}\.?,?\s)?$", re.IGNORECASE)

DIGIT = re.compile(r"\d")
HAS_YEAR = re.compile(
    r"(?:19|20)(?<!\d\d\d)\d\d(?!\d)"
)  # figures first: looked for by them, not place by place


@dataclass(frozen=True)
class Moment:
    """A date as precise as it was written; `when` has an offset only where the zone is known."""

    when: datetime
    precision: Precision
    zone: str | None = None

    @property
    def value(self) -> str:
        """ISO 8601, cut to the precision: a day is `2025-12-12`."""
        if self.precision in ("minute", "second"):
            return self.when.isoformat(timespec="seconds")
        return self.when.date().isoformat()[: {"year": 4, "month": 7}.get(self.precision, 10)]


@dataclass(frozen=True)
class Habits:
    """What the page tells of how its numbers are to be read: `place` for IST, `day_first` for 12/11/2025."""

    place: str | None = None
    day_first: bool | None = None


def find_moment(text: str, habits: Habits = Habits()) -> Moment | None:
    """The first date in `text` that names a day, with its time and zone; relative words never become a date."""
    forms = _possible_forms(text) if has_year(text) else ()
    hits = [hit for form in forms if (hit := PATTERNS[form].search(text))]
    for hit in sorted(hits, key=lambda hit: hit.start()):
        moment = _moment_of(hit, text, habits)
        if moment is not None:
            return moment
    return None


def _possible_forms(text: str) -> list[int]:
    """The places of the forms whose signs stand beside one of the years: a line can be of one or two, hardly of more."""
    ends = [hit.span() for hit in HAS_YEAR.finditer(text)]
    found = [
        _forms_beside(text[first - 1 : first], text[end : end + 1], text[end + 1 : end + 2])
        for first, end in ends
    ]
    return sorted(set(chain(*found)))


@lru_cache(maxsize=512)
def _forms_beside(before: str, after: str, following: str) -> tuple[int, ...]:
    """What a date of each form has before its year and behind it; empty where the text begins or ends."""
    head = (4, 5) if before.isspace() else (4, 6) if before == "-" else (6,) if before in ("/", ".") else ()
    if after.isspace():
        return (*head, 1 if following.isdecimal() else 3)
    if after in ("-", "/", "."):
        return (*head, 0, 3) if after == "-" else (*head, 0)
    return (*head, 2, 3) if after else head


def has_digit(text: str) -> bool:
    """Whether any figure stands in `text`."""
    return DIGIT.search(text) is not None


def has_year(text: str) -> bool:
    """Whether a year from 1900 to 2099 stands in `text`: without one there is no date in it."""
    return ("20" in text or "19" in text) and HAS_YEAR.search(text) is not None


def _moment_of(hit: re.Match[str], text: str, habits: Habits) -> Moment | None:
    groups = hit.groupdict()
    day = _day_of(groups, habits)
    if day is None:
        return None
    if groups.get("hour") is None:
        before = TIME_BEFORE.search(text, max(0, hit.start() - 24), hit.start())
        groups |= before.groupdict() if before else {}
    elif groups.get("zone"):
        groups["zone"] = text[slice(*hit.span("zone"))]  # as the page writes it
    return _with_time(day, groups, habits)


def _day_of(groups: dict[str, str | None], habits: Habits) -> date | None:
    year = int(groups["year"] or 0)
    pairs = _day_and_month(groups, habits)
    if pairs is None:
        return None
    try:
        return date(year, pairs[1], pairs[0])
    except ValueError:
        return None


def _day_and_month(groups: dict[str, str | None], habits: Habits) -> tuple[int, int] | None:
    if groups.get("month"):
        return int(groups["day"] or 0), month_number(groups["month"] or "")
    if groups.get("month_number"):
        return int(groups["day"] or 0), int(groups["month_number"] or 0)
    first, second = int(groups["first"] or 0), int(groups["second_number"] or 0)
    if first > 12 or first == second or groups["mark"] == ".":
        return first, second
    if second > 12:
        return second, first
    if habits.day_first is None:
        return None
    return (first, second) if habits.day_first else (second, first)


def month_number(name: str) -> int:
    """The month a written name stands for, 1 to 12, by its beginning; 0 if it is none."""
    low = name.lower()
    return next((MONTH_OF_STEM[low[:n]] for n in STEM_LETTERS if low[:n] in MONTH_OF_STEM), 0)


def _with_time(day: date, groups: dict[str, str | None], habits: Habits) -> Moment:
    if groups.get("hour") is None:
        return Moment(datetime(day.year, day.month, day.day), "day")
    hour = int(groups["hour"] or 0)
    if groups.get("half"):
        hour = hour % 12 + (12 if (groups["half"] or "").lower() == "p" else 0)
    local = datetime(
        day.year, day.month, day.day, hour, int(groups["minute"] or 0), int(groups["second"] or 0)
    )
    zone = groups.get("zone")
    when = attach_zone(local, zone, habits.place) if zone else local
    return Moment(when, "second" if groups.get("second") else "minute", zone)

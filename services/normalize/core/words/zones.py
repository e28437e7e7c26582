"""Time zones as pages write them: abbreviations to offsets, and what tells India's IST from the others."""

import re
from datetime import datetime, timedelta, timezone, tzinfo

from dateutil.tz import tzstr

HOURS: dict[str, float] = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "WAT": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3, "МСК": 3, "EAT": 3, "TRT": 3, "GST": 4, "PKT": 5, "NPT": 5.75,
    "WIB": 7, "ICT": 7, "WITA": 8, "SGT": 8, "HKT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "WIT": 9,
    "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13, "ADT": -3, "BRT": -3, "ART": -3,
    "AST": -4, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8, "AKST": -9,
    "HST": -10,
}  # fmt: skip
"""Offsets of abbreviations that news pages use for one zone only, as good as always."""

US_RULE = ",M3.2.0,M11.1.0"  # daylight saving in the United States since 2007
SEASONAL: dict[str, tzinfo] = {
    "ET": tzstr(f"EST5EDT{US_RULE}"),
    "CT": tzstr(f"CST6CDT{US_RULE}"),
    "MT": tzstr(f"MST7MDT{US_RULE}"),
    "PT": tzstr(f"PST8PDT{US_RULE}"),
}

ZONE_NAME = r"(?:UTC|GMT)\s?[+-]\d{1,2}(?::?\d\d)?|[+-]\d\d:?\d\d|Z|МСК|IST|[ECMP]T|" + "|".join(
    name for name in sorted(HOURS, key=len, reverse=True) if name not in {"Z", "МСК"}
)
"""How a zone is written after a time of day; the alternatives of a regular expression."""

NUMERIC = re.compile(r"(?:UTC|GMT)?\s?([+-])(\d{1,2})(?::?(\d\d))?")

IST_OF_PLACE: dict[str, float] = {"india": 5.5, "ireland": 1, "israel": 2}
PLACE_EVIDENCE: dict[str, tuple[tuple[str, re.Pattern[str] | None], ...]] = {
    "india": (
        ("+91", re.compile(r"\+91[\s-]?\d")),
        *(
            (city, None)
            for city in ("New Delhi", "Mumbai", "Bengaluru", "Noida", "Gurugram", "Kolkata", "Chennai")
        ),
    ),
    "ireland": (("+353", re.compile(r"\+353[\s-]?\d")), ("Dublin ", re.compile(r"Dublin \d"))),
    "israel": (("+972", re.compile(r"\+972[\s-]?\d")), ("Tel Aviv-Yafo", None)),
}
"""What each begins with, and the expression of those that do not end there."""

HOST_OF_PLACE = {"in": "india", "ie": "ireland", "il": "israel"}


def place_of_page(text: str, host: str) -> str | None:
    """The country whose IST a page means: by its host's country code, else by telephone codes and cities in it.

    None where nothing tells, or where two countries are named equally: then IST stays a name without an offset.
    """
    by_host = HOST_OF_PLACE.get(host.rpartition(".")[2])
    if by_host:
        return by_host
    counts = [
        (sum(_times(text, start, pattern) for start, pattern in evidence), place)
        for place, evidence in PLACE_EVIDENCE.items()
    ]
    (most, place), (second, _) = sorted(counts, reverse=True)[:2]
    return place if most > second else None


def _times(text: str, start: str, pattern: re.Pattern[str] | None) -> int:
    """How often the evidence stands there; plain letters are found at a tenth of what an expression costs."""
    if pattern is None:
        return text.count(start)
    return len(pattern.findall(text)) if start in text else 0


def attach_zone(moment: datetime, zone: str, place: str | None) -> datetime:
    """`moment` (naive, local) with the offset `zone` names; naive as before where the name does not tell one."""
    offset = _numeric_offset(zone)
    if offset is not None:
        return moment.replace(tzinfo=timezone(offset))
    name = zone.upper()
    if name in SEASONAL:
        return moment.replace(tzinfo=timezone(SEASONAL[name].utcoffset(moment) or timedelta()))
    hours = IST_OF_PLACE.get(place or "") if name == "IST" else HOURS.get(name)
    return moment if hours is None else moment.replace(tzinfo=timezone(timedelta(hours=hours)))


def _numeric_offset(zone: str) -> timedelta | None:
    match = NUMERIC.fullmatch(zone)
    if match is None:
        return None
    sign = -1 if match[1] == "-" else 1
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return sign * offset if offset < timedelta(hours=24) else None

"""The dateline at the head of the first paragraph: place, day and agency, taken off the text."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from services.normalize.core.words.agencies import AGENCY_FORMS, AGENCY_OF_FORM, agency_named
from services.normalize.core.words.date_text import STEMS

DASH = r"\s*(?:[-–—]{1,2}|:)\s+"
HEAD = r"(?P<line>(?P<where>[^\W_][^()/\n]{0,60}?[,\s])?"
CYRILLIC_AGENCY = "|".join(
    re.escape(form)
    for forms in AGENCY_FORMS.values()
    for form in sorted(forms, key=len, reverse=True)
    if len(form) > 2
)
MONTH_DAY = r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}\.?)(?:, \d{4})?"
CITY = r"[A-ZÀ-ÖØ-ÞŁŠŽ][A-ZÀ-ÖØ-ÞŁŠŽ.'’\- ]{2,30}"

AGENCY_ENDS = tuple(form.casefold() for form in AGENCY_OF_FORM if len(form) > 2)


def _names_agency(head: str) -> bool:
    """Whether an agency's name stands before a full stop."""
    parts = head.split(".")
    return len(parts) > 1 and any(part.casefold().endswith(AGENCY_ENDS) for part in parts[:-1])


FORMS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    # MINSK, Dec 12 (Reuters) - …        Berlin (dpa) - …
    (
        re.compile(rf"{HEAD}\((?P<agency>[^()\n]{{2,40}})\))(?:{DASH}|\.\s+|\s+)"),
        lambda head: "(" in head,
    ),
    # Минск, 12 декабря. /ТАСС/. …       12 декабря, Минск /Корр. БЕЛТА/. …
    (
        re.compile(rf"{HEAD}/\s?(?:[Кк][оа]рр?\.\s?)?(?P<agency>[^/\n]{{2,30}})/)\.?\s*(?:[-–—]\s+)?"),
        lambda head: head.count("/") > 1,
    ),
    # МИНСК, 12 дек - РИА Новости. …     Kyiv. Ukrinform. …
    (
        re.compile(rf"{HEAD}[-–—]?\s?(?P<agency>{CYRILLIC_AGENCY}))\.\s+", re.IGNORECASE),
        _names_agency,
    ),
    # WASHINGTON — …     MINSK, Belarus, Dec. 12 — …
    (
        re.compile(
            rf"(?P<line>{CITY}(?:, [A-Z][\w. ]{{2,20}})?(?:, {MONTH_DAY})?(?P<agency>))\s+[-–—]{{1,2}}\s+"
        ),
        lambda head: not head[1:2].islower(),
    ),
)
"""Each form of a dateline, and a cheap look at whether a paragraph can begin with it."""

DAY_IN_DATELINE = re.compile(rf"(?:{STEMS})\w*\.?\s\d{{1,2}}\b|\b\d{{1,2}}\.?\s(?:{STEMS})", re.IGNORECASE)
AGENCY_NAME = re.compile(r"(?:[A-ZА-ЯЁІЎЇЄŁŠŽ][\w.-]{1,20})(?:\s[A-ZА-ЯЁІЎЇЄŁŠŽ][\w.-]{1,20}){0,2}")
LONGEST_DATELINE = 90


@dataclass(frozen=True)
class Dateline:
    """A dateline as it stood, the agency it names, and how many characters of the paragraph it takes."""

    line: str
    agency: str | None
    length: int


def read_dateline(paragraph: str) -> Dateline | None:
    """The dateline `paragraph` begins with, if it begins with one.

    A name in brackets or slashes must be a known agency, or stand behind a day or a place in capitals; without one
    the place must stand in capitals.
    """
    head = paragraph[: LONGEST_DATELINE + 40]
    for form, is_possible in FORMS:
        hit = form.match(head) if is_possible(head) else None
        if hit is None or len(hit["line"]) > LONGEST_DATELINE:
            continue
        agency = agency_named(hit["agency"]) or _unknown_agency(hit)
        if agency or not hit["agency"]:
            return Dateline(hit["line"].strip(), agency, hit.end())
    return None


def _unknown_agency(hit: re.Match[str]) -> str | None:
    """The name in the brackets of a dateline that is one by its form: `Dec 12 (Norwire) - `, `OSLO (Norwire) - `."""
    named = hit.groupdict()
    name, where = named["agency"].strip(), (named.get("where") or "").strip(" ,.")
    is_dateline = DAY_IN_DATELINE.search(where) is not None or re.fullmatch(CITY, where) is not None
    has_dash = hit[0].rstrip().endswith(("-", "–", "—", "/", "/."))
    return name if is_dateline and has_dash and AGENCY_NAME.fullmatch(name) else None

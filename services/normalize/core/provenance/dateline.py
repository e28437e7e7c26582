"""The dateline at the head of the first paragraph: place, day and agency, taken off the text."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from services.normalize.core.words.agencies import AGENCY_FORMS, AGENCY_OF_FORM, agency_named
from services.normalize.core.words.date_text import STEMS

DASH = r"\s*(?:\.?[-–—]{1,2}|:)\s+"
HEAD = r"(?P<line>(?P<where>[^\W_][^()\n]{0,60}?[,\s])?"
CYRILLIC_AGENCY = "|".join(
    re.escape(form)
    for forms in AGENCY_FORMS.values()
    for form in sorted(forms, key=len, reverse=True)
    if len(form) > 2
)
MONTH_DAY = r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}\.?)(?:, \d{4})?"
CITY = r"[A-ZÀ-ÖØ-ÞŁŠŽ][A-ZÀ-ÖØ-ÞŁŠŽ.'’\- ]{2,30}"

AGENCY_ENDS = tuple(form.casefold() for form in AGENCY_OF_FORM if len(form) > 2)
DASHES = (" -", " –", " —")


def _names_agency(head: str) -> bool:
    """Whether an agency's name stands before a full stop or a dash."""
    for dash in DASHES:
        head = head.replace(dash, ".")
    parts = head.split(".")
    return len(parts) > 1 and any(part.casefold().endswith(AGENCY_ENDS) for part in parts[:-1])


FORMS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    # MINSK, Dec 12 (Reuters) - …        WARSAW/VILNIUS (dpa) - …
    (
        re.compile(
            rf"{HEAD}\((?P<agency>[^()\n]{{2,40}})\))(?:{DASH}|\.\s+|\s+(?![^\W_A-ZÀ-ÞА-ЯЁІЎЇЄŁŠŽŻŹŚĆ]))"
        ),
        lambda head: "(" in head,
    ),
    # Минск, 12 декабря. /ТАСС/. …       12 декабря, Минск /Корр. БЕЛТА/. …     12 декабря, Минск /Анна Ли - БЕЛТА/. …
    (
        re.compile(
            rf"{HEAD}/\s?(?:[^/\n]{{2,30}}\s[-–—]\s)?(?:(?:[Кк][оа]рр?|[CK]orr)\.\s?)?(?P<agency>[^/\n]{{2,30}})/)\.?\s*(?:[-–—]\s+)?"
        ),
        lambda head: head.count("/") > 1,
    ),
    # МИНСК, 12 дек - РИА Новости. …     Kyiv. Ukrinform. …     Минск. 12 декабря. Интерфакс-Запад - …
    (
        re.compile(rf"{HEAD}[-–—]?\s?(?P<agency>{CYRILLIC_AGENCY}))(?:\.|\s[-–—])\s+", re.IGNORECASE),
        _names_agency,
    ),
    # WASHINGTON — …     MINSK, Belarus, Dec. 12 — …
    (
        re.compile(
            rf"(?P<line>(?P<where>{CITY}(?:, [A-Z][\w. ]{{2,20}})?(?:, {MONTH_DAY})?)(?P<agency>))\s+[-–—]{{1,2}}\s+"
        ),
        lambda head: not head[1:2].islower(),
    ),
    # BERLIN dpa | …     MINSK taz | …
    (
        re.compile(rf"(?P<line>(?P<where>{CITY}) (?:taz|(?P<agency>dpa|afp|ap|epd|rtr)))\s\|\s+"),
        lambda head: "|" in head and not head[1:2].islower(),
    ),
)
"""Each form of a dateline, and a cheap look at whether a paragraph can begin with it."""

DAY_IN_DATELINE = re.compile(rf"(?:{STEMS})\w*\.?\s\d{{1,2}}\b|\b\d{{1,2}}\.?\s(?:{STEMS})", re.IGNORECASE)
DAY = re.compile(
    rf"(?<!\w)(?:\d{{1,2}}\.?\s(?:de\s)?(?:{STEMS})\w*|(?:{STEMS})\w*\.?\s\d{{1,2}}|\d{{1,2}}\.\d{{1,2}}\.(?=(?:20)?\d\d))"
    r"\.?(?:,?\s?(?:19|20)\d\d)?(?:\s(?:года|г|р|d|roku|r|m)(?!\w))?",
    re.IGNORECASE,
)
SMALL = frozenset([
    "of", "upon", "on", "am", "an", "der", "la", "le", "les", "del", "los", "de", "di", "au", "sur", "nad", "pod", "на",
])  # fmt: skip
"""Words of places' names that have no capital: Stratford upon Avon, Frankfurt am Main."""
NO_PLACES = frozenset([
    "file", "file photo", "photo", "photos", "video", "watch", "update", "updated", "breaking", "exclusive", "opinion",
    "analysis", "correction", "editor's note", "note", "live", "the point", "source", "фото", "видео", "источник", "фота",
    "крыніца", "джерело", "foto", "źródło", "fot", "šaltinis", "quelle",
])  # fmt: skip
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

    Before the agency stand places and a day, no words of a sentence. A name in brackets or slashes must be a known
    agency, or stand behind a day or a place in capitals; without one the place must stand in capitals.
    """
    head = paragraph[: LONGEST_DATELINE + 40]
    for form, is_possible in FORMS:
        hit = form.match(head) if is_possible(head) else None
        if hit is None or len(hit["line"]) > LONGEST_DATELINE or not _stands_alone(hit):
            continue
        agency = agency_named(hit["agency"] or "") or _unknown_agency(hit)
        if agency or not hit["agency"]:
            return Dateline(hit["line"].strip(), agency, hit.end())
    return None


def _stands_alone(hit: re.Match[str]) -> bool:
    """Whether the words before the agency are places and a day: "Об этом сообщает ТАСС. …" is a sentence."""
    where = hit["where"] or ""
    if where.strip(" .,:-–—").casefold().replace("’", "'") in NO_PLACES:
        return False
    words = DAY.sub(" ", where).replace("/", " ").split()
    if not all(word[0].isupper() or not word[0].isalpha() or word in SMALL for word in words):
        return False
    return not where or not hit[0].rstrip().endswith((".", "-", "–", "—")) or _is_parted(hit, where)


def _is_parted(hit: re.Match[str], where: str) -> bool:
    """Whether a sign parts place and agency, or the place is one by its form: "Пишет Reuters." has neither."""
    before = hit[0][: hit.start("agency")].rstrip() if hit["agency"] else where
    return (
        before.endswith((",", ".", "-", "–", "—", "(", "/"))
        or _is_dated_or_in_capitals(where)
        or not hit["agency"]
    )


def _unknown_agency(hit: re.Match[str]) -> str | None:
    """The name in the brackets of a dateline that is one by its form: `Dec 12 (Norwire) - `, `OSLO (Norwire) - `."""
    name = (hit["agency"] or "").strip()
    has_dash = hit[0].rstrip().endswith(("-", "–", "—", "/", "/."))
    is_one = has_dash and _is_dated_or_in_capitals(hit["where"] or "") and AGENCY_NAME.fullmatch(name)
    return name if is_one else None


def _is_dated_or_in_capitals(where: str) -> bool:
    return DAY_IN_DATELINE.search(where) is not None or re.fullmatch(CITY, where.strip(" ,.")) is not None

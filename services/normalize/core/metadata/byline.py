"""Authors that a page shows: lines that say "By …", lines marked as byline, a name beside a date, author links."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, zip_longest
from typing import NamedTuple

from services.contracts.messages import Author
from services.normalize.core.reading.blocks import PageBlock
from services.normalize.core.reading.page import Page
from services.normalize.core.words.caseless import Caseless
from services.normalize.core.words.date_text import STEMS, find_moment, has_digit
from services.normalize.core.words.name_words import PREFIX, TITLE_WORD, says_by
from services.normalize.core.words.names import Strip, names_in_byline, signed_name, unglued, unique
from services.normalize.core.words.plain_words import plain, tidy

BYLINE_CLASS = re.compile(r"byline|author(?!i[sz])|autor|writer|reporter|contributor", re.IGNORECASE)
ELSEWHERE_CLASS = re.compile(
    r"comment|recirc|related|card|teaser|bio(?![a-z])|newsletter|promo", re.IGNORECASE
)
PICTURE_CLASS = re.compile(r"caption|credit|photo", re.IGNORECASE)
CLASS_CUES = (
    "byline", "auth", "autor", "writer", "report", "contrib", "comment", "recirc", "related", "card", "teaser", "bio",
    "newsletter", "promo", "caption", "credit", "photo",
)  # fmt: skip
OTHER_ROLE = Caseless.of(
    r"\s*(?:photo\w*|illustrat\w+|styl\w+|video|graphic\w*|image\w*|produc\w+|edit\w+|contribut\w+|fot[oó]\w*|bild\w*|фото\w*|здымк\w*)"
    r"\s+(?:by|from|von|de|par)\s+"
)
"""Who photographed or styled is no author, whatever the page's head lists."""

LONE_BY = Caseless.of(r"\W*(?:by|von|автор|аўтар|author|written by|text|tekst|т[еэ]кст)\W*")
PART_MARKS = re.compile("[|•·]")
PART_DASHES = re.compile(r"\s[-–—/]\s")
PART_FIGURES = re.compile(r"\d\s+(?:published |posted |written )?by\b", re.IGNORECASE)
PARTS = Caseless.of(r"\s*[|•·]\s*|\s+[-–—/]\s+|(?<=\d)\s+(?=(?:published |posted |written )?by\b)")
DATED = Caseless.of(
    rf"\d{{1,2}}:\d\d|\d{{1,2}}\.?\s(?:{STEMS})|(?:{STEMS})\w*\.?\s?\d{{1,2}}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}"
)
NEWSROOM = re.compile(
    r"(?<!\w)(?:redaktion|redakcja|newsroom|editorial|desk|staff|редакция|рэдакцыя|редакція)|-redaktion\b",
    re.IGNORECASE,
)
LONE_NAME = re.compile(
    r"[^\W\d_a-zа-яёіўїєґ][^\W\d_]+(?:\s(?:[^\W\d_]\.|(?:van|von|de|del|al|bin|der|la)|[^\W\d_a-zа-яёіўїєґ][\w'’-]+)){1,3}"
)
READING_TIME = Caseless.of(r"\bmin(?:ute)?s? read|\d\s?min\b")
DATE_LINE = 90
LONGEST_BYLINE = 200
LONGEST_LONE_BY = 40
FAR_BLOCKS = 150


class Line(NamedTuple):
    """A line that may name the author: its text, whether its class says byline, whether it speaks of other people."""

    text: str
    is_marked: bool
    is_elsewhere: bool


def lines_of(blocks: Sequence[PageBlock]) -> list[Line]:
    """The lines of blocks; those of comments, cards and pictures name other people."""
    return [_line(block) for block in blocks]


def spoken_authors(near: Sequence[Line], strip: Strip) -> list[Author]:
    """The names of all lines near the headline that say "By …", in any of the languages."""
    found: list[Author] = []
    for line, following in zip_longest(near, near[1:]):
        if line.is_elsewhere:
            continue
        if len(line.text) < LONGEST_LONE_BY and LONE_BY.fullmatch(line.text) and following is not None:
            found += names_in_byline(following.text, strip)
        for part in _parts(line.text):
            found += _spoken(part, strip)
    return unique(found)


def marked_authors(near: Sequence[Line], strip: Strip) -> list[Author]:
    """The names of lines near the headline whose class says byline or author."""
    found: list[Author] = []
    for line in near:
        if line.is_marked and not line.is_elsewhere:
            found += _whole_names(names_in_byline(line.text, strip))
    return unique(found)


def lone_name(near: Sequence[Line]) -> list[Author]:
    """A person's name on a line of its own, with a date or a reading time within the next or last lines."""
    texts = [line.text for line in near]
    for n, text in enumerate(texts):
        line = text.lstrip("* ").strip()
        if near[n].is_elsewhere or not LONE_NAME.fullmatch(line):
            continue
        beside = [other for other in texts[max(0, n - 2) : n + 4] if len(other) < DATE_LINE and other != text]
        if any(find_moment(unglued(other)) or READING_TIME.search(other) for other in beside):
            found = _whole_names(names_in_byline(line))
            if found and found[0].role != "desk" and not TITLE_WORD.search(line):
                return found[:1]
    return []


def signed_names(near: Sequence[Line]) -> list[Author]:
    """A person beside a newsroom on a line of its own: `Anna Lee, Reuters`."""
    names = (signed_name(line.text) for line in near if not line.is_elsewhere)
    return unique(Author(name=name) for name in names if name)


def lone_desk(near: Sequence[Line]) -> list[Author]:
    """A newsroom that stands alone on a line near the headline."""
    texts = [line.text for line in near if len(line.text) < 40 and not line.is_elsewhere]
    named = (text for text in texts if NEWSROOM.search(text))
    desks = [author for text in named for author in names_in_byline(text) if NEWSROOM.search(author.name)]
    return desks[:1]


def bylines_of_page(page: Page) -> list[Line]:
    """The first lines of the whole page whose class says byline, for pages that print it away from the headline."""
    short = (block for block in page.blocks[:FAR_BLOCKS] if len(block.text) <= LONGEST_BYLINE)
    marked = (block for block in short if _marks_of(block.classes).byline)
    return lines_of(list(islice(marked, 3)))


def dated_authors(near: Sequence[Line], strip: Strip) -> list[Author]:
    """A name that shares its line with a date: `Anna Lee - 12 May`, `News Desk | Updated: 12-12-2025 19:00`."""
    for line in near:
        text = line.text
        if (
            line.is_elsewhere
            or len(text) > LONGEST_BYLINE / 2
            or not has_digit(text)
            or not DATED.search(text)
        ):
            continue
        for part in _parts(text):
            found = [one for one in names_in_byline(part, strip) if " " in one.name]
            if (found and find_moment(part) is None) or (found and part == text):
                return found
    return []


def linked_authors(page: Page, strip: Strip) -> list[Author]:
    """Links and elements that markup itself calls the author."""
    if page.tree is None:
        return []
    marked = page.tree.css("[rel~=author], [itemprop~=author]")[:4]
    names = [tidy(element.text(separator=" ") or "") for element in marked]
    found = [
        author for name in names if len(name) <= LONGEST_BYLINE for author in names_in_byline(name, strip)
    ]
    return unique(_whole_names(found))


def helpers_named(near: Sequence[Line]) -> frozenset[str]:
    """Folded names of those whom lines near the headline credit with pictures, style or editing."""
    pairs = zip_longest((line.text for line in near), (line.text for line in near[1:]), fillvalue="")
    return frozenset(plain(author.name) for line, following in pairs for author in _helpers(line, following))


def _helpers(line: str, following: str) -> Iterator[Author]:
    mark = OTHER_ROLE.match(f"{line} ") if len(line) <= LONGEST_BYLINE else None
    if mark:
        yield from names_in_byline(line[mark.end() :] or following[:LONGEST_BYLINE])


def _whole_names(found: list[Author]) -> list[Author]:
    """Without a word that says "by", one word is more often a label than a name."""
    return [author for author in found if " " in author.name or author.role == "desk"]


def _spoken(part: str, strip: Strip) -> list[Author]:
    if not says_by(part) or OTHER_ROLE.match(part) or plain(PREFIX.sub("", part, count=1)) in strip.outlets:
        return []
    return _whole_names(names_in_byline(part, strip))


def _parts(text: str) -> list[str]:
    """A line at the marks that part names, dates and places; most lines have none."""
    is_parted = PART_MARKS.search(text) or PART_DASHES.search(text) or PART_FIGURES.search(text)
    return PARTS.split(text) if is_parted else [text]


def _line(block: PageBlock) -> Line:
    marks = _marks_of(block.classes)
    return Line(block.text, marks.byline, marks.elsewhere or len(block.text) > LONGEST_BYLINE)


@dataclass(frozen=True, slots=True)
class ClassMarks:
    """What an element's class says of the line in it."""

    byline: bool
    elsewhere: bool


@lru_cache(maxsize=4096)
def _marks_of(classes: str) -> ClassMarks:
    """Pages of one site repeat a few class strings for ever."""
    low = classes.lower()
    if not any(cue in low for cue in CLASS_CUES):
        return ClassMarks(byline=False, elsewhere=False)
    byline = BYLINE_CLASS.search(classes) is not None
    of_picture = PICTURE_CLASS.search(classes) is not None and not byline
    return ClassMarks(byline, of_picture or ELSEWHERE_CLASS.search(classes) is not None)

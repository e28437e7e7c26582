"""Authors that a page shows: lines that say "By …", lines marked as byline, a name beside a date, author links."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from services.contracts.messages import Author
from services.normalize.core.blocks import PageBlock
from services.normalize.core.date_text import STEMS, find_moment
from services.normalize.core.name_words import PREFIX, TITLE_WORD
from services.normalize.core.names import Strip, names_in_byline, unglued, unique
from services.normalize.core.page import Page
from services.normalize.core.plain_words import plain, tidy

BYLINE_CLASS = re.compile(r"byline|author(?!i[sz])|autor|writer|reporter|contributor", re.IGNORECASE)
ELSEWHERE_CLASS = re.compile(
    r"comment|recirc|related|card|teaser|bio(?![a-z])|newsletter|promo", re.IGNORECASE
)
PICTURE_CLASS = re.compile(r"caption|credit|photo", re.IGNORECASE)
OTHER_ROLE = re.compile(
    r"\s*(?:photo\w*|illustrat\w+|styl\w+|video|graphic\w*|image\w*|produc\w+|edit\w+|contribut\w+|fot[oó]\w*|bild\w*|фото\w*|здымк\w*)"
    r"\s+(?:by|from|von|de|par)\s+",
    re.IGNORECASE,
)
"""Who photographed or styled is no author, whatever the page's head lists."""

LONE_BY = re.compile(r"\W*(?:by|von|автор|аўтар|author|written by|text|tekst)\W*", re.IGNORECASE)
PARTS = re.compile(
    r"\s*[|•·]\s*|\s+[-–—/]\s+|(?<=\d)\s+(?=(?:published |posted |written )?by\b)", re.IGNORECASE
)
DATED = re.compile(
    rf"\d{{1,2}}:\d\d|\d{{1,2}}\.?\s(?:{STEMS})|(?:{STEMS})\w*\.?\s?\d{{1,2}}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}",
    re.IGNORECASE,
)
NEWSROOM = re.compile(
    r"(?<!\w)(?:redaktion|redakcja|newsroom|editorial|desk|staff|редакция|рэдакцыя|редакція)|-redaktion\b",
    re.IGNORECASE,
)
LONE_NAME = re.compile(
    r"[^\W\d_a-zа-яёіўїєґ][^\W\d_]+(?:\s(?:[^\W\d_]\.|(?:van|von|de|del|al|bin|der|la)|[^\W\d_a-zа-яёіўїєґ][\w'’-]+)){1,3}"
)
READING_TIME = re.compile(r"\bmin(?:ute)?s? read|\d\s?min\b", re.IGNORECASE)
DATE_LINE = 90
LONGEST_BYLINE = 200
FAR_BLOCKS = 150


def spoken_authors(near: Sequence[PageBlock], strip: Strip) -> list[Author]:
    """The names of all lines near the headline that say "By …", in any of the languages."""
    found: list[Author] = []
    for block, following in zip_longest(near, near[1:]):
        if _is_elsewhere(block):
            continue
        if LONE_BY.fullmatch(block.text) and following is not None:
            found += names_in_byline(following.text, strip)
        for part in PARTS.split(block.text):
            found += _spoken(part, strip)
    return unique(found)


def marked_authors(near: Sequence[PageBlock], strip: Strip) -> list[Author]:
    """The names of lines near the headline whose class says byline or author."""
    found: list[Author] = []
    for block in near:
        if not _is_elsewhere(block) and BYLINE_CLASS.search(block.classes):
            found += _whole_names(names_in_byline(block.text, strip))
    return unique(found)


def lone_name(near: Sequence[PageBlock]) -> list[Author]:
    """A person's name on a line of its own, with a date or a reading time within the next or last lines."""
    texts = [block.text for block in near]
    for n, text in enumerate(texts):
        line = text.lstrip("* ").strip()
        if not LONE_NAME.fullmatch(line) or _is_elsewhere(near[n]):
            continue
        beside = [other for other in texts[max(0, n - 2) : n + 4] if len(other) < DATE_LINE and other != text]
        if any(find_moment(unglued(other)) or READING_TIME.search(other) for other in beside):
            found = _whole_names(names_in_byline(line))
            if found and found[0].role != "desk" and not TITLE_WORD.search(line):
                return found[:1]
    return []


def lone_desk(near: Sequence[PageBlock]) -> list[Author]:
    """A newsroom that stands alone on a line near the headline."""
    lines = [block.text for block in near if len(block.text) < 40 and not _is_elsewhere(block)]
    desks = [author for line in lines for author in names_in_byline(line) if NEWSROOM.search(author.name)]
    return desks[:1]


def bylines_of_page(page: Page) -> list[PageBlock]:
    """The first lines of the whole page whose class says byline, for pages that print it away from the headline."""
    short = (block for block in page.blocks[:FAR_BLOCKS] if len(block.text) <= LONGEST_BYLINE)
    return [block for block in short if BYLINE_CLASS.search(block.classes)][:3]


def dated_authors(near: Sequence[PageBlock], strip: Strip) -> list[Author]:
    """A name that shares its line with a date: `Anna Lee - 12 May`, `News Desk | Updated: 12-12-2025 19:00`."""
    for block in near:
        if _is_elsewhere(block) or len(block.text) > LONGEST_BYLINE / 2 or not DATED.search(block.text):
            continue
        for part in PARTS.split(block.text):
            found = [one for one in names_in_byline(part, strip) if " " in one.name]
            if (found and find_moment(part) is None) or (found and part == block.text):
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


def helpers_named(near: Sequence[PageBlock]) -> frozenset[str]:
    """Folded names of those whom lines near the headline credit with pictures, style or editing."""
    pairs = zip_longest((block.text for block in near), (block.text for block in near[1:]), fillvalue="")
    return frozenset(plain(author.name) for line, following in pairs for author in _helpers(line, following))


def _helpers(line: str, following: str) -> Iterator[Author]:
    mark = OTHER_ROLE.match(f"{line} ") if len(line) <= LONGEST_BYLINE else None
    if mark:
        yield from names_in_byline(line[mark.end() :] or following[:LONGEST_BYLINE])


def _whole_names(found: list[Author]) -> list[Author]:
    """Without a word that says "by", one word is more often a label than a name."""
    return [author for author in found if " " in author.name or author.role == "desk"]


def _spoken(part: str, strip: Strip) -> list[Author]:
    if (
        not PREFIX.match(part)
        or OTHER_ROLE.match(part)
        or plain(PREFIX.sub("", part, count=1)) in strip.outlets
    ):
        return []
    return _whole_names(names_in_byline(part, strip))


def _is_elsewhere(block: PageBlock) -> bool:
    """Lines of comments, cards and pictures name other people."""
    classes = block.classes
    if len(block.text) > LONGEST_BYLINE or ELSEWHERE_CLASS.search(classes):
        return True
    return bool(PICTURE_CLASS.search(classes)) and not BYLINE_CLASS.search(classes)

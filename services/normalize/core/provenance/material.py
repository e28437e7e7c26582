"""Lines that say whose material an article is made of: "With inputs from agencies", "Źródło: PAP", "(dpa/AFP)"."""

import re
from dataclasses import dataclass

from services.normalize.core.words.agencies import agency_named
from services.normalize.core.words.name_words import JOINING
from services.normalize.core.words.names import QUOTES, is_newsroom

INPUTS = re.compile(
    r"(?:with (?:additional )?(?:inputs?|files|material|information|contributions?|agency inputs?)(?: from| by)?|"
    r"mit (?:material|informationen|agenturmaterial)(?: von| der| des)*|(?:с использованием материалов|по материалам|по сообщениям)|"
    r"паводле(?: матэрыялаў| паведамленняў)?|за матеріалами|na podstawie|na podst\.|pagal|remiantis|avec|con información de)\s+(?P<who>.{2,80})",
    re.IGNORECASE,
)
SOURCE = re.compile(
    r"(?:sources?|источники?|крыніц[аы]|джерел[оа]|źródł[oa]|šaltini(?:s|ai)|quellen?|fuentes?)\s?:\s*(?P<who>.{2,60})",
    re.IGNORECASE,
)
SIGNED = re.compile(
    r"(?:(?:[a-z]{2,4}(?:/[a-z]{2,4}){0,3}|(?:Z |Ze )?[^\W\d_a-z][\w.-]+(?: [^\W\d_a-z][\w.-]+){0,3})\s)?\((?P<who>[^()]{2,60})\)|(?P<bare>[A-Z]{3,5}) inf\.?"
)
"""An agency's report ends in its name: `(PAP)`, `rc/sms (AP, Reuters)`, `Z Wilna Anna Lis (PAP)`, `BNS inf.`"""

AT_END = re.compile(r"(?<=[.!?”\"»…])\s+\((?P<who>[A-ZА-ЯЁІЎdp][^()]{1,30})\)\.?$")
AGENCIES = re.compile(
    r"\b(?:agenc|wire|информагент|агентств|агенцтв|агенці|агенцій|agencj|agentūr|agentur|press|staff|reporters|correspondents|сми\b|змі\b)",
    re.IGNORECASE,
)
AND = re.compile(rf"\s*(?:[,;/&]|\b(?:{JOINING})\b)\s*", re.IGNORECASE)
HOST = re.compile(r"(?:[\w-]{2,40}\.){1,3}[a-z]{2,6}")
PICTURES = re.compile(
    r"unsplash|pixabay|pexels|shutterstock|gettyimages|istock|freepik|flickr|depositphotos|youtube|instagram|wikimedia"
)
FEWEST_CAPITALS = 4  # letters of a word that must begin with a capital: particles of names are shorter
MOST_WORDS = 5
LONGEST_LINE = 160


@dataclass(frozen=True)
class Material:
    """Whose material a line names: the words, the agency among them, whether the article is made from it.

    `ends_article`: such a line says this only below the article; elsewhere it is a picture's source.
    """

    who: str
    agency: str | None
    is_rewritten: bool
    ends_article: bool


def read_material(line: str) -> Material | None:
    """What `line` says, if all of it says whose material the article holds; else None.

    Those named must be newsrooms or shaped like names: "По материалам дела" and "Pagal planą" begin sentences.
    """
    if len(line) > LONGEST_LINE:
        return None
    bare = line.strip(" .").removeprefix("(").removesuffix(")").strip(" .")
    hit = INPUTS.fullmatch(bare)
    if hit and _are_named(hit["who"]):
        return Material(hit["who"], _agency_in(hit["who"]), is_rewritten=True, ends_article=False)
    hit = SOURCE.fullmatch(bare)
    if hit and _are_newsrooms(hit["who"]):
        return Material(hit["who"], _agency_in(hit["who"]), is_rewritten=True, ends_article=True)
    hit = SIGNED.fullmatch(line.strip().removesuffix("."))
    who = hit and (hit["who"] or hit["bare"])
    if who and _are_newsrooms(who):
        return Material(who, _agency_in(who), is_rewritten=False, ends_article=True)
    return None


def agency_at_end(paragraph: str) -> tuple[int, str] | None:
    """Where the agency begins that a last paragraph is signed with, and its name: `… of the month. (PAP)`."""
    hit = AT_END.search(paragraph) if paragraph.rstrip(".").endswith(")") else None
    agency = _agency_in(hit["who"]) if hit and _are_newsrooms(hit["who"]) else None
    return (hit.start(), agency) if hit and agency else None


def _agency_in(who: str) -> str | None:
    named = (agency_named(part) for part in (who, *AND.split(who)))
    return next((agency for agency in named if agency), None)


def _are_newsrooms(who: str) -> bool:
    """Whether each part of a list is an agency, a known outlet or a host."""
    return _is_newsroom(who) or all(map(_is_newsroom, AND.split(who.strip())))


def _is_newsroom(name: str) -> bool:
    bare = name.strip(QUOTES)
    return is_newsroom(bare) or (HOST.fullmatch(bare) is not None and PICTURES.search(bare) is None)


def _are_named(who: str) -> bool:
    """Whether each part is one of these, a word for such, or shaped like a name."""
    return all(
        _is_newsroom(part) or AGENCIES.search(part) or _is_shaped(part) for part in AND.split(who.strip())
    )


def _is_shaped(part: str) -> bool:
    words = part.strip(QUOTES).split()
    capitals = [word[0].isupper() for word in words if len(word) >= FEWEST_CAPITALS or word is words[0]]
    return 0 < len(words) <= MOST_WORDS and all(capitals)

"""People's names out of bylines: what a line must be shaped like, and what is cut off it."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.contracts.messages import Author, AuthorRole
from services.normalize.core.words.agencies import agency_named
from services.normalize.core.words.name_words import (
    BETWEEN,
    BETWEEN_SIGNS,
    BETWEEN_WORDS,
    DESK,
    FOREIGN_TITLE,
    GLUED_DATE,
    HOST,
    LONGEST_NAME,
    MAY_BE_GLUED,
    MOST_NAMES,
    NAME_WORD,
    NEWSROOMS,
    NOT_NAMES,
    PARTICLES,
    PICTURES_BY,
    PREFIX,
    ROLE_OF_WORD,
    STOP,
    TITLE_WORD,
)
from services.normalize.core.words.plain_words import WORD, plain, tidy


@dataclass(frozen=True)
class Strip:
    """What is no person on this page: its outlet's names, folded and as spelled."""

    outlets: frozenset[str] = frozenset()
    spelled: tuple[str, ...] = ()


NOTHING = Strip()
QUOTES = " .«»„“”\"'’"


def names_in_byline(line: str, strip: Strip = NOTHING) -> list[Author]:
    """The authors of a byline line such as `By Anna Lee and Jan de Vries, Reuters | 12 May`; prefix optional."""
    text = unglued(tidy(line))
    text = _before_outlet(PREFIX.sub("", text, count=1), strip)
    if ":" in text or " by " in text:
        text = PICTURES_BY.split(text, 1)[0]
    stop = STOP.search(text)
    rest = text[stop.start() :] if stop else ""
    return authors_of(text[: stop.start()] if stop else text, strip, rest)


def authors_of(text: str, strip: Strip = NOTHING, rest: str = "", *, newsrooms: bool = False) -> list[Author]:
    """The authors that a list of names holds; a title behind a name is left out, and a newsroom too unless asked for."""
    found: list[Author] = []
    for part in _listed(text):
        name = _less_outlet(part.strip(" .:-–—|•*"), strip)
        name, role = _less_title(name, rest if not found else "")
        if found and (TITLE_WORD.search(name) or FOREIGN_TITLE.match(name)):
            found[-1] = _with_role(found[-1], name)
            continue
        if not is_name(name) or plain(name) in strip.outlets:
            continue
        if found and name in NEWSROOMS and not newsrooms:
            continue
        found.append(Author(name=name, role="desk" if is_desk(name) else role))
    return unique(found)[:MOST_NAMES]


def _listed(text: str) -> list[str]:
    """The parts of a list of names; most lists are of one."""
    is_list = BETWEEN_SIGNS.search(text) or not BETWEEN_WORDS.isdisjoint(WORD.findall(text))
    return BETWEEN.split(text) if is_list else [text]


def _with_role(author: Author, title: str) -> Author:
    """`Anna Lee, Senior Reporter`: the title behind the comma is hers, if nothing nearer said what she is."""
    role = next((ROLE_OF_WORD[word] for word in title.lower().split() if word in ROLE_OF_WORD), None)
    return author.model_copy(update={"role": role}) if role and author.role == "author" else author


def declared_author(name: str) -> Author:
    """The author of a name that a page's head gives as one: it stands as it is."""
    bare, role = _less_title(_less_outlet(name.strip(" ,"), NOTHING), "")
    return Author(
        name=bare or name, role="desk" if is_desk(name) or not any(map(str.isalpha, bare)) else role
    )


def unglued(line: str) -> str:
    """`Anna LeeDec 5, 2024` → `Anna Lee | Dec 5, 2024`: dumps and careless pages run name and date together."""
    return GLUED_DATE.sub(" | ", line) if MAY_BE_GLUED.search(line) or "archive page" in line else line


def is_name(text: str) -> bool:
    """Whether a text is shaped like a name: up to six words, capitals, no digits, no word of a page's furniture."""
    words = text.split()
    if not 1 <= len(words) <= 6 or not 2 < len(text) <= LONGEST_NAME:
        return False
    if any(word.lower().strip(".,") in NOT_NAMES for word in words):
        return False
    return all(
        NAME_WORD.fullmatch(word) and (_is_capital(word) or word.lower() in PARTICLES) for word in words
    )


def is_desk(name: str) -> bool:
    """Whether a name is a newsroom's, an agency's or a host's rather than a person's."""
    is_service = name.endswith(" Service") and ("’s " in name or "'s " in name)
    return is_service or bool(DESK.search(name)) or bool(HOST.search(name)) or agency_named(name) is not None


def is_newsroom(name: str) -> bool:
    """Whether a name, all of it, is an agency's or a known outlet's."""
    bare = name.strip(QUOTES)
    return agency_named(bare) is not None or bare in NEWSROOMS


def signed_name(line: str) -> str | None:
    """The person of a line such as `Anna Lee, Reuters` or `Анна ЛИ, БЕЛТА`: a name and its newsroom, no more."""
    if len(line) > LONGEST_NAME:
        return None
    name, sign, newsroom = line.strip(" )").rpartition(", " if ", " in line else " (")
    is_person = " " in name and is_name(name) and not is_desk(name)
    return name if sign and is_newsroom(newsroom) and is_person else None


def unique(authors: Iterable[Author]) -> list[Author]:
    """Each author once, by the folded name, the first spelling winning."""
    seen: dict[str, Author] = {}
    for author in authors:
        seen.setdefault(plain(author.name), author)
    return list(seen.values())


def _is_capital(word: str) -> bool:
    return word[0].isupper() or not word[0].islower() or agency_named(word) is not None or word[1:2].isupper()


def _before_outlet(line: str, strip: Strip) -> str:
    """`Sarah Lee Worcester Telegram & Gazette` → `Sarah Lee`: an outlet's name may hold an `&` of its own."""
    for outlet in strip.spelled:
        at = line.find(outlet.removeprefix("The "))
        if at > 0:
            line = line[:at].removesuffix("The ").rstrip(" ,")
    return line


def _less_outlet(name: str, strip: Strip) -> str:
    """`Elizabeth Flores USA TODAY` → `Elizabeth Flores`, where the page is USA TODAY's or the outlet is a known one."""
    words = name.split()
    key = plain(name)
    for outlet in strip.outlets:
        if key.endswith(f" {outlet}") and len(key.split()) - len(outlet.split()) >= 2:
            return " ".join(words[: len(words) - len(outlet.split())])
    for n in range(2, len(words)):
        if " ".join(words[n:]) in NEWSROOMS:
            return " ".join(words[:n])
    return name


def _less_title(name: str, rest: str) -> tuple[str, AuthorRole]:
    """A name parted from the job title behind it: `Matt Hill Senior Writer` → (`Matt Hill`, writer)."""
    words = [*name.split(), *rest.split()[:4]]
    role: AuthorRole = next(
        (ROLE_OF_WORD[word.lower()] for word in words if word.lower() in ROLE_OF_WORD), "author"
    )
    hit = TITLE_WORD.search(name)
    if hit and len(name[: hit.start()].split()) >= 2:
        return name[: hit.start()].strip(" ,–-"), role
    return name, "author" if hit else role

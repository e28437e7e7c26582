"""What the small web of a chaos run shows and when: the manifest from which the verdict is computed. Pure."""

import random
from dataclasses import dataclass, replace

NOUNS = [
    "delegation",
    "ministry",
    "embassy",
    "parliament",
    "border",
    "railway",
    "refinery",
    "embargo",
    "ceasefire",
    "hostage",
    "prisoner",
    "envoy",
    "sanction",
    "tariff",
    "pipeline",
    "airline",
    "customs",
    "tribunal",
    "committee",
    "mission",
    "treaty",
    "corridor",
    "harbour",
    "consulate",
    "budget",
    "levy",
    "permit",
    "convoy",
]
PLACES = [
    "Minsk",
    "Vilnius",
    "Warsaw",
    "Brest",
    "Gomel",
    "Riga",
    "Geneva",
    "Ankara",
    "Kaunas",
    "Hrodna",
    "Vienna",
    "Tallinn",
    "Oslo",
    "Lublin",
    "Prague",
]
VERBS = [
    "reopened",
    "delayed",
    "rejected",
    "welcomed",
    "postponed",
    "signed",
    "disputed",
    "confirmed",
    "denied",
    "inspected",
    "closed",
    "extended",
]
NAMES = [
    "Ivanova",
    "Kowalski",
    "Petrenko",
    "Jonaitis",
    "Berzins",
    "Novak",
    "Schmidt",
    "Larsen",
    "Orlova",
    "Zhuk",
    "Marin",
    "Dubois",
    "Rossi",
    "Hansen",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
REVISION = "A correction was added later: the earlier report gave a wrong figure of {figure} prisoners."

COPY_SHARE, REVISED_SHARE = 0.2, 0.15
CHANGE_AFTER_S = (4.0, 8.0)


@dataclass(frozen=True)
class Page:
    """One page: on which host, when it appears, whose text it copies, and when it changes; seconds from the start."""

    number: int
    host: int
    appears_s: float
    copy_of: int | None = None
    changes_s: float | None = None

    @property
    def path(self) -> str:
        """Its path on its host."""
        return f"/report/{self.number}"


def plan_pages(pages: int, hosts: int, seconds: float, seed: int) -> tuple[Page, ...]:
    """Pages at a steady rate; some copy an earlier one of another host, some change a while after."""
    chance = random.Random(seed)
    planned: list[Page] = []
    for number in range(pages):
        page = Page(number, chance.randrange(hosts), seconds * number / pages)
        dice, originals = chance.random(), _free_originals(planned, page.host)
        if dice < COPY_SHARE and originals:
            page = replace(page, copy_of=chance.choice(originals))
        elif dice > 1 - REVISED_SHARE:
            page = replace(page, changes_s=page.appears_s + chance.uniform(*CHANGE_AFTER_S))
        planned.append(page)
    return tuple(planned)


def _free_originals(planned: list[Page], host: int) -> list[int]:
    """Originals that do not change and whose text does not stand on this host: there it would be no copy."""
    taken = {_root(page) for page in planned if page.host == host}
    return [
        page.number
        for page in planned
        if _root(page) == page.number and page.changes_s is None and page.number not in taken
    ]


def title_of(page: Page, *, changed: bool = False) -> str:
    """The headline; a copy has its original's, a changed page says so."""
    chance = random.Random(f"title {_root(page)}")
    place, verb, noun = chance.choice(PLACES), chance.choice(VERBS), chance.choice(NOUNS)
    correction = "Corrected: " if changed else ""
    return f"{correction}{chance.choice(NOUNS)} of {place} {verb} after {noun} row {_root(page)}"


def paragraphs_of(page: Page, *, changed: bool) -> list[str]:
    """The article's paragraphs; a copy has its original's, a changed page one more."""
    chance = random.Random(f"text {_root(page)}")
    paragraphs = [" ".join(_sentence(chance) for _ in range(4)) for _ in range(7)]
    return [*paragraphs, revision_of(page)] if changed else paragraphs


def revision_of(page: Page) -> str:
    """What a page says only after its change."""
    return REVISION.format(figure=1_000 + page.number)


def _root(page: Page) -> int:
    return page.number if page.copy_of is None else page.copy_of


def _sentence(chance: random.Random) -> str:
    return (
        f"The {chance.choice(NOUNS)} in {chance.choice(PLACES)} {chance.choice(VERBS)} the {chance.choice(NOUNS)} on "
        f"{chance.choice(DAYS)}, and {chance.choice(NAMES)} said that {chance.randrange(3, 9_999)} people had asked the "
        f"{chance.choice(NOUNS)} of {chance.choice(PLACES)} about the {chance.choice(NOUNS)}."
    )

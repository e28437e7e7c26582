"""What the stage's small web shows and when, and the verdict on what came out of it. Pure, and of the standard library alone."""

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HOSTS = 4
PAGES = 60
CHANGES_AFTER_S = 5.0

THINGS = "delegation ministry embassy parliament border railway refinery envoy tariff pipeline airline customs tribunal"
THINGS += " committee mission treaty corridor harbour consulate budget levy permit convoy prisoner sanction ceasefire"
PLACES = "Minsk Vilnius Warsaw Brest Gomel Riga Geneva Ankara Kaunas Hrodna Vienna Tallinn Oslo Lublin Prague"
VERBS = (
    "reopened delayed rejected welcomed postponed signed disputed confirmed denied inspected closed extended"
)
NAMES = (
    "Ivanova Kowalski Petrenko Jonaitis Berzins Novak Schmidt Larsen Orlova Zhuk Marin Dubois Rossi Hansen"
)


@dataclass(frozen=True)
class Page:
    """One page: on which outlet, when it appears, whose text it copies, when it changes; seconds from the start."""

    number: int
    appears_s: float
    copy_of: int | None = None
    changes_s: float | None = None

    @property
    def host(self) -> int:
        """Its outlet; a copy's number is three above its original's, so it stands elsewhere."""
        return self.number % HOSTS

    @property
    def path(self) -> str:
        """Its path there."""
        return f"/report/{self.number}"

    @property
    def root(self) -> int:
        """The number of the page whose text it shows."""
        return self.number if self.copy_of is None else self.copy_of


def plan_pages(seconds: float) -> tuple[Page, ...]:
    """Pages at a steady rate: of six, one copies the third before it, one changes."""
    return tuple(_page(number, seconds * number / PAGES) for number in range(PAGES))


def _page(number: int, appears_s: float) -> Page:
    if number % 6 == 3:
        return Page(number, appears_s, copy_of=number - 3)
    return Page(number, appears_s, changes_s=appears_s + CHANGES_AFTER_S if number % 6 == 5 else None)


def title_of(page: Page, *, changed: bool) -> str:
    """The headline; a copy has its original's, a changed page says so."""
    dice = random.Random(f"title {page.root}")
    thing, place, verb = (_one(dice, words) for words in (THINGS, PLACES, VERBS))
    return f"{'Corrected: ' if changed else ''}{thing.capitalize()} of {place} {verb} after row {page.root}"


def paragraphs_of(page: Page, *, changed: bool) -> list[str]:
    """The text; a copy has its original's, a changed page one paragraph more."""
    dice = random.Random(f"text {page.root}")
    paragraphs = [" ".join(_sentence(dice) for _ in range(4)) for _ in range(7)]
    return [*paragraphs, correction_of(page)] if changed else paragraphs


def correction_of(page: Page) -> str:
    """What a page says only after its change."""
    return f"A correction was added later: the earlier report gave a wrong figure of {1_000 + page.number} prisoners."


def faults_of(
    pages: Sequence[Page], urls: Mapping[int, str], cleaned: Sequence[Mapping[str, str]]
) -> list[str]:
    """What is lost, doubled or wrong on articles.cleaned; empty when every text stands there exactly once, corrected."""
    page_of = {urls[page.number]: page for page in pages}
    events = [(entry["type"].split(".")[-2], json.loads(entry["data"])) for entry in cleaned]
    strangers = [f"a stranger: {data['url']}" for _, data in events if data["url"] not in page_of]
    ids = Counter(entry["id"] for entry in cleaned)
    doubled = [f"event {event_id} stands {count} times" for event_id, count in ids.items() if count > 1]
    told = Counter(
        page_of[data["url"]].root for kind, data in events if kind == "published" and data["url"] in page_of
    )
    wrong = [
        f"article {page.number} is published {told[page.number]} times"
        for page in pages
        if page.copy_of is None and told[page.number] != 1
    ]
    last_text = {page_of[data["url"]].root: data["text"] for _, data in events if data["url"] in page_of}
    stale = [
        f"article {page.number} lacks its correction"
        for page in pages
        if page.changes_s is not None and correction_of(page) not in last_text.get(page.number, "")
    ]
    return strangers + doubled + wrong + stale


def _one(dice: random.Random, words: str) -> str:
    return dice.choice(words.split())


def _sentence(dice: random.Random) -> str:
    thing, other, third = (_one(dice, THINGS) for _ in range(3))
    return (
        f"The {thing} in {_one(dice, PLACES)} {_one(dice, VERBS)} the {other} after {dice.randrange(3, 99)} days, and "
        f"{_one(dice, NAMES)} said that {dice.randrange(3, 9_999)} people had asked the {third} of {_one(dice, PLACES)} about it."
    )

"""What the small web of a chaos run shows and when: the manifest from which the verdict is computed. Pure."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from . import words

REVISION = "A correction was added later: the earlier report gave a wrong figure of {figure} prisoners."
COPY_SHARE, REVISED_SHARE, TOUCHED_SHARE = 0.25, 0.15, 0.10  # half of all pages are the first of nothing
CHANGES_AFTER_POLLS = (2.0, 4.0)
COPIED_FROM = 300  # a copy is made of one of so many latest originals
PARAGRAPHS = 3
POISONS = ("raise", "kill", "eat")
"""What a poison page does to the process that unpacks it: an error each time, its death, or all of its memory."""


@dataclass(frozen=True)
class Page:
    """One page: on which host, when it appears, whose text it copies; seconds from the start.

    At `changes_s` its text changes, at `touched_s` only what surrounds it, and the feed tells of either.
    """

    number: int
    host: int
    appears_s: float
    copy_of: int | None = None
    changes_s: float | None = None
    touched_s: float | None = None
    poison: str | None = None

    @property
    def path(self) -> str:
        """Its path on its host."""
        return f"/report/{self.number}"

    @property
    def root(self) -> int:
        """The number of the page whose text it has."""
        return self.number if self.copy_of is None else self.copy_of


@dataclass
class _Originals:
    """Articles that may be copied, and the hosts where each text stands already: there a copy would be none."""

    numbers: list[int] = field(default_factory=list)
    hosts: dict[int, set[int]] = field(default_factory=dict)

    def free_for(self, host: int, chance: random.Random) -> int | None:
        """One that does not stand on this host yet, if a few tries find one."""
        for number in chance.sample(self.numbers[-COPIED_FROM:], min(len(self.numbers), 5)):
            if host not in self.hosts[number]:
                self.hosts[number].add(host)
                return number
        return None

    def add(self, page: Page) -> None:
        """One more."""
        self.numbers.append(page.number)
        self.hosts[page.number] = {page.host}


def plan_pages(
    pages: int, hosts: int, seconds: float, seed: int, *, poll_s: float = 2.0, poison_each: int = 0
) -> tuple[Page, ...]:
    """Pages at a steady rate, half of them copies, revised or touched; poison of each kind, evenly among them."""
    chance, originals = random.Random(seed), _Originals()
    planned = [
        _page(number, chance.randrange(hosts), seconds * number / pages, chance, originals, poll_s)
        for number in range(pages)
    ]
    return tuple(_poisoned(planned, poison_each))


def _page(
    number: int, host: int, appears_s: float, chance: random.Random, originals: _Originals, poll_s: float
) -> Page:
    page = Page(number, host, appears_s)
    dice, again_s = chance.random(), appears_s + chance.uniform(*CHANGES_AFTER_POLLS) * poll_s
    if dice < COPY_SHARE and (original := originals.free_for(host, chance)) is not None:
        return replace(page, copy_of=original)
    if dice > 1 - REVISED_SHARE:
        return replace(page, changes_s=again_s)
    if dice > 1 - REVISED_SHARE - TOUCHED_SHARE:
        return replace(page, touched_s=again_s)
    originals.add(page)
    return page


def _poisoned(planned: Sequence[Page], each: int) -> list[Page]:
    """The plan with poison in it; no copied page becomes poison, its copies would be orphans."""
    wanted = [kind for _ in range(each) for kind in POISONS]
    copied = {page.copy_of for page in planned}
    free = [page for page in planned if page.copy_of is None and page.number not in copied]
    step = max(len(free) // (len(wanted) + 1), 1)
    chosen = {
        page.number: replace(page, changes_s=None, touched_s=None, poison=kind)
        for page, kind in zip(free[step // 2 :: step], wanted, strict=False)
    }
    if len(chosen) < len(wanted):
        raise ValueError(f"{len(planned)} pages have room for {len(chosen)} poison pages, not {len(wanted)}")
    return [chosen.get(page.number, page) for page in planned]


def title_of(page: Page, *, changed: bool = False) -> str:
    """The headline; a copy has its original's, a changed page says so."""
    return f"{'Corrected: ' if changed else ''}{words.headline_of(page.root)}"


def paragraphs_of(page: Page, *, changed: bool) -> list[str]:
    """The article's paragraphs; a copy has its original's, a changed page one more."""
    paragraphs = words.paragraphs_of(page.root, PARAGRAPHS)
    return [*paragraphs, revision_of(page)] if changed else paragraphs


def revision_of(page: Page) -> str:
    """What a page says only after its change."""
    return REVISION.format(figure=1_000 + page.number)

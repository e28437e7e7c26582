"""What a look at a site says of it as a source, and the block of the sources file that follows. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Literal

from services.contracts.messages import Rights
from services.ingest.core.entries import ListedEntry

Judgement = Literal["good", "usable", "poor"]
STALE = timedelta(days=7)
LEAST_WORDS = 80


@dataclass(frozen=True)
class FoundList:
    """One place where the site lists its articles, and what was there; `problem` where nothing usable was."""

    kind: str
    url: str
    entries: int = 0
    newest: datetime | None = None
    cadence_s: float | None = None
    problem: str = ""


@dataclass(frozen=True)
class Sample:
    """One article of the site, extracted: `score` 0 to 1, `problem` the rejection's reason."""

    url: str
    title: str | None = None
    words: int = 0
    score: float = 0.0
    problem: str = ""


@dataclass(frozen=True)
class SourceCheck:
    """Everything a look at a site has shown."""

    url: str
    outlet: str
    language: str
    robots: str
    lists: tuple[FoundList, ...]
    sitemaps: tuple[str, ...]
    rights: Rights
    sample: Sample | None
    judgement: Judgement
    reasons: tuple[str, ...]

    def block(self) -> str:
        """The source as a block of the sources file; side and country are the operator's to set."""
        lines = [
            "[[source]]",
            f"name = {_quoted(self.outlet)}",
            f"outlet = {_quoted(self.outlet)}",
            'country = ""',
            'side = "international"',
            f"language = {_quoted(self.language)}",
            f'licence = "{"headline" if self.rights.noai or _is_reserved(self.rights) else "full"}"',
            'scope = "general"',
        ]
        for number, found in enumerate(one for one in self.lists if not one.problem):
            lines += ["[[source.feed]]", f"kind = {_quoted(found.kind)}", f"url = {_quoted(found.url)}"]
            lines += ["fallback = true"] if number else []
        return "\n".join(lines) + "\n"


def cadence_of(entries: Sequence[ListedEntry]) -> float | None:
    """The usual pause between two entries in seconds, by their dates; None where fewer than three have one."""
    dates = sorted(date for entry in entries if (date := entry.published or entry.updated))
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(dates)]
    return round(median(gaps)) if len(gaps) >= 2 else None


def judged_source(
    lists: Sequence[FoundList], robots: str, rights: Rights, sample: Sample | None, now: datetime
) -> tuple[Judgement, tuple[str, ...]]:
    """The verdict and what speaks against the site, worst first."""
    usable = [found for found in lists if not found.problem]
    fresh = [found for found in usable if found.newest is None or now - found.newest < STALE]
    fatal = [
        *(["robots.txt keeps us out"] if robots == "disallowed" else []),
        *([] if usable else ["no list of articles found"]),
    ]
    faults = [
        *(["nothing new for a week"] if usable and not fresh else []),
        *(
            ["robots.txt cannot be reached: nothing will be fetched until it can"]
            if robots == "unreachable"
            else []
        ),
        *([f"the sample article was not extracted: {sample.problem}"] if sample and sample.problem else []),
        *(
            ["the sample article is short"]
            if sample and not sample.problem and sample.words < LEAST_WORDS
            else []
        ),
        *(["no sample article could be fetched"] if sample is None and usable else []),
        *(["rights to text mining are reserved"] if _is_reserved(rights) else []),
        *(["the site asks not to be used for AI"] if rights.noai else []),
    ]
    judgement: Judgement = "poor" if fatal else "usable" if faults else "good"
    return judgement, tuple(fatal + faults)


def _is_reserved(rights: Rights) -> bool:
    return rights.tdm not in (None, "0")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

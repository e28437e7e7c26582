"""What is gained by remembering a site: F1 with nothing seen, and after the site's other pages were seen."""

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from bench.extraction.corpus import default_data, load_pages, word_f1, words
from services.contracts.identities import article_id_of
from services.normalize import Extraction, extract
from services.normalize.core.site_template import (
    MOST_BODY,
    MOST_FRAME,
    MOST_SIGHTINGS,
    Sighting,
    apply_template,
    pack,
    sighting_of,
)

FEWEST_PAGES = 5
MUST_NOT_FALL = 0.005
STREAM_ARTICLES = 40


@dataclass(frozen=True)
class SitePage:
    """One page of a site, its true words, and what was found on it alone."""

    truth: Counter[str]
    found: Extraction
    sighting: Sighting


@dataclass(frozen=True)
class SiteScore:
    """Mean F1 of a site's pages, alone and with the others known; how many pages changed, and for the worse."""

    site: str
    pages: int
    alone: float
    known: float
    changed: int
    worse: int


def main(argv: list[str]) -> int:
    """Print the sites with at least five pages in the data, then a stream of pages written for this measurement."""
    options = argparse.ArgumentParser(prog="bench site-templates", description=__doc__)
    options.add_argument("--data", type=Path, default=default_data())
    data: Path = options.parse_args(argv).data
    stream = score_stream()
    print(f"{'site':28}{'pages':>6}{'alone':>8}{'known':>8}{'changed':>9}{'worse':>7}")
    scores = score_sites(_pages_by_site(data)) if data.is_dir() else []
    for score in [*scores, stream]:
        print(
            f"{score.site:28}{score.pages:>6}{score.alone:>8.4f}{score.known:>8.4f}{score.changed:>9}{score.worse:>7}"
        )
    print(f"memory: at most {bytes_per_host():,} bytes of sightings a host, without Redis' own overhead")
    if not scores:
        print(f"no pages in {data}: only the stream was measured")
        return 0
    fallen = [score.site for score in scores if score.known < score.alone - MUST_NOT_FALL]
    pages = sum(score.pages for score in scores)
    alone, known = (
        sum(getattr(one, name) * one.pages for one in scores) / pages for name in ("alone", "known")
    )
    print(
        f"{len(scores)} sites, {pages} pages: {alone:.4f} alone, {known:.4f} known; fell by > {MUST_NOT_FALL}: {fallen or 'none'}"
    )
    return 1 if fallen else 0


def score_sites(pages_by_site: dict[str, list[SitePage]]) -> list[SiteScore]:
    """Each site's pages, every one judged with all the others known."""
    return [_score(site, pages, [pages] * len(pages)) for site, pages in sorted(pages_by_site.items())]


def score_stream(articles: int = STREAM_ARTICLES, seed: int = 7) -> SiteScore:
    """A site of our own whose appeal, editor's note and other headlines stand in the body; each page knows those before it."""
    pages = [
        _site_page(f"https://stream.example/{n}", html, text)
        for n, (html, text) in enumerate(_stream(articles, seed))
    ]
    kept = [page for page in pages if page is not None]
    return _score("(stream of our own pages)", kept, [kept[:n] for n in range(len(kept))])


def _score(site: str, pages: Sequence[SitePage], known: Sequence[Sequence[SitePage]]) -> SiteScore:
    alone, warm = [], []
    for page, others in zip(pages, known, strict=True):
        applied = apply_template(
            page.found, page.sighting, [one.sighting for one in others if one is not page]
        )
        alone.append(_f1(page, page.found))
        warm.append(_f1(page, applied))
    changed = [(before, after) for before, after in zip(alone, warm, strict=True) if before != after]
    worse = sum(after < before for before, after in changed)
    return SiteScore(site, len(pages), fmean(alone), fmean(warm), len(changed), worse)


def _f1(page: SitePage, found: Extraction) -> float:
    return word_f1(page.truth, Counter(words(found.text)))


def _pages_by_site(data: Path) -> dict[str, list[SitePage]]:
    sites: dict[str, list[SitePage]] = defaultdict(list)
    for true in load_pages(data):
        page = _site_page(true.row["url"], true.html, true.text)
        if page is not None:
            sites[true.row["site"]].append(page)
    return {site: pages for site, pages in sites.items() if len(pages) >= FEWEST_PAGES}


def _site_page(url: str, html: bytes, text: str) -> SitePage | None:
    found = extract(html, url, "text/html")
    if not isinstance(found, Extraction):
        return None
    return SitePage(Counter(words(text)), found, sighting_of(article_id_of(url), 20_000, found))


NOUNS = [
    "harbour",
    "ferry",
    "council",
    "school",
    "market",
    "bridge",
    "library",
    "orchestra",
    "baker",
    "clinic",
    "tram",
    "orchard",
    "museum",
    "team",
    "factory",
]
VERBS = [
    "opened",
    "closed",
    "repaired",
    "painted",
    "sold",
    "bought",
    "counted",
    "moved",
    "praised",
    "delayed",
]
PLACES = [
    "Lower Bay",
    "the northern islands",
    "the old town",
    "Mill Street",
    "the eastern quarter",
    "the river bank",
]
APPEAL = (
    "We have no owner who tells us what to write, and our reporters go where the story is. If you think that this matters, "
    "please give what you can today: even a small gift each month keeps this newsroom open for everybody in our towns."
)
NOTE = "The editors of this paper have covered the islands since 1953, and they answer every letter that is signed with a name."


def _stream(articles: int, seed: int) -> list[tuple[bytes, str]]:
    """Articles of one site: true text, and pages in which the site's own paragraphs stand among it."""
    chance = random.Random(seed)
    headlines = [_sentence(chance, n)[:-1] for n in range(articles)]
    pages = []
    for n, headline in enumerate(headlines):
        body = [" ".join(_sentence(chance, n) for _ in range(4)) for _ in range(6)]
        earlier = [headlines[other] for other in range(max(0, n - 3), n)]
        related = "".join(f"<p>{other}</p>" for other in earlier)
        text = "".join(f"<p>{paragraph}</p>" for paragraph in body[:3])
        rest = "".join(f"<p>{paragraph}</p>" for paragraph in body[3:])
        html = (
            f"<html lang='en'><head><title>{headline}</title></head><body><article><h1>{headline}</h1><div class='text'>"
            f"{text}<p>{APPEAL}</p>{rest}{related}<p>{NOTE}</p></div></article></body></html>"
        )
        pages.append((html.encode(), "\n".join(body)))
    return pages


def _sentence(chance: random.Random, n: int) -> str:
    return (
        f"The {chance.choice(NOUNS)} in {chance.choice(PLACES)} {chance.choice(VERBS)} the {chance.choice(NOUNS)} "
        f"for {chance.randrange(2, 900)} people on day {n + chance.randrange(300)} of the year."
    )


def bytes_per_host() -> int:
    """The most that one host's sightings take, packed, without Redis' own overhead."""
    full = Sighting(
        "0" * 16,
        1,
        b"\0" * 8,
        frozenset(bytes([n]) * 8 for n in range(MOST_BODY)),
        frozenset(bytes([n]) * 8 for n in range(MOST_FRAME)),
    )
    return MOST_SIGHTINGS * (len(full.article) + len(pack(full)))

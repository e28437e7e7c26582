"""The article's pictures: the lead image and those that stand among the kept blocks, with caption and credit."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from math import inf
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

from services.contracts.messages import Image
from services.normalize.core.metadata.article_object import JsonObject, texts_of
from services.normalize.core.reading.page import Page
from services.normalize.core.words.agencies import AGENCY_OF_FORM, agency_named
from services.normalize.core.words.plain_words import tidy

MOST_IMAGES, MOST_FIGURES = 20, 100
ARTICLE_TAGS = frozenset({"article", "main"})
DEEPEST = 60  # elements around a figure that are looked at
PLAIN_URL = re.compile(r"https?://[^\s\[\]?#/]+/[^\s?#]*(?:\?[^\s#]+)?", re.ASCII)
"""What is absolute already, with nothing in it that joining would mend: nearly all of them, ten times faster."""
CREDIT = re.compile(
    r"(?:\b(?:photo(?:graph)?|image|picture|credit|source|illustration|foto|bild|crédit|quelle|imagen)\s?(?:by|:|credit:)\s?|©\s?|"
    r"\b(?:фот[оа]|здымак|ілюстрац[ыі]я|источник|zdjęcie|źródło):?\s|fot\.\s|nuotr\.\s)(?P<credit>(?:[^.|()]|(?<=\W\w)\.){2,80})\)?\.?$|"
    r"(?:^|[.!?…]\s)(?P<before>[^.!?]?(?:[^.!?]|(?<=\W\w)\.){1,40})\snuotr\.?$",
    re.IGNORECASE,
)
CREDIT_CUES = (
    ":", "©", "by", "фото", "фота", "здымак", "ілюстрац", "zdję", "fot.", "nuotr", "источник", "źródło",
)  # fmt: skip
"""One of them stands in every caption that has a credit by its word."""

SIGNED_PART = re.compile(r"(?<!\b\w)[.!?…]\s|[(\[]")
BANKS = frozenset([
    "getty images", "epa", "epa-efe", "shutterstock", "istock", "imago", "picture alliance", "east news", "scanpix", "zuma press",
])  # fmt: skip
LAST_WORDS = frozenset(name.split()[-1] for name in (*BANKS, *AGENCY_OF_FORM))
LONGEST_SIGNATURE = 60


def read_images(page: Page, articles: Sequence[JsonObject]) -> tuple[Image, ...]:
    """Lead image first (Open Graph, JSON-LD), then each `<figure>` of the page's article; absolute URLs, each once."""
    if page.tree is None:
        return ()
    found: dict[str, Image] = {}
    for image in (*_figures(page), *_declared(page, articles)):
        found.setdefault(image.url, image)
    return tuple(found.values())[:MOST_IMAGES]


def _declared(page: Page, articles: Sequence[JsonObject]) -> Iterator[Image]:
    urls = [page.metas[name] for name in ("og:image", "og:image:url", "twitter:image") if name in page.metas]
    urls += [url for one in articles[:1] for url in texts_of(one.get("image"), "url")][:3]
    for url in urls:
        yield from _image(page, url, None)


def _figures(page: Page) -> Iterator[Image]:
    assert page.tree is not None
    known: dict[int, float] = {}
    figures = page.tree.tags("figure")[:MOST_FIGURES]
    inside = (figure for figure in figures if _steps_to_article(figure.parent, known) < DEEPEST)
    for figure in islice(inside, MOST_IMAGES):
        picture, caption = _parts_of(figure)
        url = _source_of(picture) if picture is not None else None
        if url:
            yield from _image(
                page, url, tidy(caption.text(separator=" ") or "") if caption is not None else None
            )


def _steps_to_article(around: LexborNode | None, known: dict[int, float]) -> float:
    """How far above `around` an article, the page's main part or its article body stands; infinite if none does.

    `known` remembers the answer for all that was passed: other figures stand there too.
    """
    path: list[int] = []
    while around is not None and around.mem_id not in known and not _is_article(around):
        path.append(around.mem_id)
        around = around.parent
    steps = inf if around is None else known.get(around.mem_id, 0)
    for place in reversed(path):
        steps += 1
        known[place] = steps
    return steps


def _is_article(node: LexborNode) -> bool:
    return node.tag in ARTICLE_TAGS or node.attributes.get("itemprop") == "articleBody"


def _parts_of(figure: LexborNode) -> tuple[LexborNode | None, LexborNode | None]:
    """The first picture and the caption of a figure."""
    picture = caption = None
    for node in figure.traverse():
        if picture is None and node.tag == "img":
            picture = node
        elif caption is None and node.tag == "figcaption":
            caption = node
        if picture is not None and caption is not None:
            break
    return picture, caption


def _source_of(picture: LexborNode) -> str | None:
    """The real address of a picture, lazy loading included; placeholders in the page itself are none."""
    attributes = picture.attributes
    for name in ("src", "data-src", "data-original", "data-lazy-src"):
        url = attributes.get(name)
        if url and not url.startswith("data:"):
            return url
    return None


def _image(page: Page, url: str, caption: str | None) -> Iterator[Image]:
    url = url.strip()
    try:
        full = url if PLAIN_URL.fullmatch(url) else urljoin(page.url, url)
    except ValueError:
        return
    if full.startswith(("http://", "https://")) and len(full) <= 2000:
        yield Image(url=full, caption=caption or None, credit=_credit_of(caption) if caption else None)


def _credit_of(caption: str) -> str | None:
    low = caption.lower()
    hit = CREDIT.search(caption) if any(cue in low for cue in CREDIT_CUES) else None
    return (hit["credit"] or hit["before"]).strip() if hit else _signature(caption)


def _signature(caption: str) -> str | None:
    """The credit that ends a caption without a word for it: `(AP Photo/Anna Lee)`, `REUTERS/Anna Lee`, `Anna Lee/Getty Images`."""
    if "/" not in caption[-LONGEST_SIGNATURE:] and _last_word(caption) not in LAST_WORDS:
        return None
    last = SIGNED_PART.split(caption[-2 * LONGEST_SIGNATURE :])[-1].strip(" .)]")
    parts = last.split("/") if len(last) <= LONGEST_SIGNATURE else []
    return last if any(map(_is_picture_agency, parts)) else None


def _last_word(text: str) -> str:
    return text.rstrip(" .)]").rpartition(" ")[2].lstrip("([").casefold()


def _is_picture_agency(name: str) -> bool:
    bare = name.strip().removesuffix(" Photo")
    return bare.casefold() in BANKS or agency_named(bare) is not None

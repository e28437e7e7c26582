"""What a site prints around its articles, learnt from the articles seen before. Optional: without it the page stands alone."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from services.normalize.core.judging.ledger import LedgerLine
from services.normalize.core.words.plain_words import count_words, plain

if TYPE_CHECKING:
    from services.normalize.extract import Extraction

HASH_BYTES = 8
MOST_BODY, MOST_FRAME = 40, 12  # hashes kept of one article: its kept blocks, and what stands around them
MOST_SIGHTINGS = 60  # articles remembered of a host: 60 × 430 bytes, about 30 kB with Redis' own
KEEP_DAYS = 30
FEWEST_SEEN = 3  # other articles that must show a block before it is the site's
SHARE_SEEN = 0.5  # and their share: background paragraphs recur too, but not in half of what a site prints
ALIKE = 0.3  # articles that share more of their blocks are versions of one another, no evidence
LONGEST_RELATED = 220
LEAST_LEFT = 0.5  # a template that would cut more of an article's words is not applied
FEWEST_FOR_FRAME, SHARE_OF_FRAME, FEWEST_IN_FRAME = 5, 0.6, 3
FRAME_CHARS = (15, 200)
LONGEST_REMEMBERED = 2_000  # characters: what is remembered stays below 4 MB


@dataclass(frozen=True)
class Sighting:
    """What one article of a host showed: the hashes of its title, its kept blocks and the lines around them.

    `article` is the first 16 digits of the article id, `day` the days since 1970.
    """

    article: str
    day: int
    title: bytes
    body: frozenset[bytes]
    frame: frozenset[bytes]


class _Seen(NamedTuple):
    """What a site's other articles showed: how many of them each block, and their headlines."""

    blocks: Counter[bytes]
    titles: set[bytes]
    articles: int


def sighting_of(article_id: str, day: int, extraction: "Extraction") -> Sighting:
    """The sighting that an extraction leaves behind."""
    kept = [line["text"] for line in extraction.ledger if line["kept"]]
    low, high = FRAME_CHARS
    cut = [
        line["text"] for line in extraction.ledger if not line["kept"] and low <= len(line["text"]) <= high
    ]
    return Sighting(
        article=article_id[:16],
        day=day,
        title=hash_of(extraction.title or ""),
        body=frozenset(map(hash_of, _ends(kept, MOST_BODY))),
        frame=frozenset(map(hash_of, _ends(cut, MOST_FRAME))),
    )


def pack(sighting: Sighting) -> bytes:
    """Day, title, number of body hashes, body hashes, frame hashes."""
    head = sighting.day.to_bytes(4, "big") + sighting.title + bytes([len(sighting.body)])
    return head + b"".join(sorted(sighting.body)) + b"".join(sorted(sighting.frame))


def unpack(article: str, packed: bytes) -> Sighting | None:
    """A packed sighting; None for bytes that are none (an older form: it is forgotten)."""
    head = 4 + HASH_BYTES + 1
    if len(packed) < head or (len(packed) - head) % HASH_BYTES:
        return None
    hashes = [packed[at : at + HASH_BYTES] for at in range(head, len(packed), HASH_BYTES)]
    body = packed[head - 1]
    if body > len(hashes):
        return None
    day = int.from_bytes(packed[:4], "big")
    return Sighting(
        article, day, packed[4 : 4 + HASH_BYTES], frozenset(hashes[:body]), frozenset(hashes[body:])
    )


def outdated(sightings: Sequence[Sighting], today: int) -> list[str]:
    """The articles to forget, so that room is for one more: too old, or the oldest of too many."""
    newest = sorted(sightings, key=lambda one: (-one.day, one.article))
    return [
        one.article for n, one in enumerate(newest) if n >= MOST_SIGHTINGS - 1 or today - one.day > KEEP_DAYS
    ]


def template_version(sightings: Sequence[Sighting]) -> str | None:
    """A name for what the sightings cut, the same for the same knowledge; None while they cut nothing."""
    counts = Counter(one for sighting in sightings for one in sighting.body)
    known = sorted(one for one, seen in counts.items() if seen >= _needed(len(sightings)))
    titles = sorted(sighting.title for sighting in sightings) if len(sightings) >= FEWEST_SEEN else []
    if not known and not titles:
        return None
    return hashlib.sha256(b"".join(known) + b"|" + b"".join(titles)).hexdigest()[:12]


def apply_template(extraction: "Extraction", own: Sighting, sightings: Sequence[Sighting]) -> "Extraction":
    """The extraction without the blocks that are the site's: kept on half of its other articles, or their headlines.

    The extraction as it was where that would take more than half of its words.
    """
    others = [one for one in sightings if one.article != own.article and not _is_version_of(one, own)]
    if len(others) < FEWEST_SEEN:
        return extraction
    keys = [hash_of(line["text"]) if line["kept"] else b"" for line in extraction.ledger]
    counts = _counts_of(frozenset(keys), [sighting.body for sighting in others])
    titles = {sighting.title for sighting in others} - {own.title, hash_of("")}
    if titles.isdisjoint(keys) and max(counts.values(), default=0) < _needed(len(others)):
        return extraction
    seen = _Seen(counts, titles, len(others))
    ledger = tuple(
        [_judged(line, key, seen) if key else line for line, key in zip(extraction.ledger, keys, strict=True)]
    )
    return _without(extraction, ledger)


def frame_is_gone(own: Sighting, sightings: Sequence[Sighting]) -> bool:
    """Whether a page lacks everything that its site's pages used to show around the article: the site was rebuilt."""
    others = [one for one in sightings if one.article != own.article]
    if len(others) < FEWEST_FOR_FRAME:
        return False
    frames = [one.frame for one in others]
    least = SHARE_OF_FRAME * len(others)
    if max(_counts_of(own.frame | own.body, frames).values(), default=0) >= least:
        return False
    everything = Counter(chain.from_iterable(frames))
    return sum(seen >= least for seen in everything.values()) >= FEWEST_IN_FRAME


def hash_of(text: str) -> bytes:
    """A block's hash: what it says, whatever its case and punctuation."""
    return _remembered_hash(text) if len(text) <= LONGEST_REMEMBERED else _hash(text)


def _hash(text: str) -> bytes:
    return hashlib.blake2b(plain(text).encode(), digest_size=HASH_BYTES).digest()


# a page's blocks are asked for twice, what stands around them on every page
_remembered_hash = lru_cache(maxsize=512)(_hash)


def _needed(others: int) -> float:
    return max(FEWEST_SEEN, SHARE_SEEN * others)


def _ends(texts: Sequence[str], most: int) -> list[str]:
    """The first and the last of many: a site's own blocks stand there."""
    return list(texts) if len(texts) <= most else [*texts[: most // 2], *texts[-most // 2 :]]


def _is_version_of(one: Sighting, own: Sighting) -> bool:
    if one.title == own.title:
        return True
    shared = 0 if one.body.isdisjoint(own.body) else len(one.body & own.body)
    return shared > max(2, ALIKE * min(len(one.body), len(own.body)))


def _counts_of(keys: frozenset[bytes], seen: Sequence[frozenset[bytes]]) -> Counter[bytes]:
    """How many of the sets have each of the keys."""
    return Counter(chain.from_iterable([one & keys for one in seen]))


def _judged(line: LedgerLine, key: bytes, seen: _Seen) -> LedgerLine:
    times = seen.blocks[key]
    if times >= _needed(seen.articles):
        reason = f"the site's own: on {times} of {seen.articles} other articles"
        return {**line, "kept": False, "reason": reason, "rule": "site template"}
    if key in seen.titles and len(line["text"]) <= LONGEST_RELATED:
        reason = "related list: another article's headline"
        return {**line, "kept": False, "reason": reason, "rule": "site headlines"}
    return line


def _without(extraction: "Extraction", ledger: tuple[LedgerLine, ...]) -> "Extraction":
    cut = Counter(
        new["text"]
        for old, new in zip(extraction.ledger, ledger, strict=True)
        if old["kept"] and not new["kept"]
    )
    if not cut:
        return extraction
    paragraphs: list[str] = []
    for paragraph in extraction.text.split("\n\n"):
        if cut[paragraph] > 0:
            cut[paragraph] -= 1
        else:
            paragraphs.append(paragraph)
    text = "\n\n".join(paragraphs)
    words = count_words(text)
    if words < LEAST_LEFT * extraction.quality.words:
        return extraction
    standfirst = extraction.standfirst if extraction.standfirst in paragraphs else None
    quality = extraction.quality.model_copy(update={"words": words})
    return replace(extraction, text=text, ledger=ledger, standfirst=standfirst, quality=quality)

"""The named features of a block: what the first pass of the classifier sees. No verdict here."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log1p

from services.normalize.core.blocks import Element, PageBlock
from services.normalize.core.class_words import GROUP_NAMES, group_bit, group_mask
from services.normalize.core.page import Page
from services.normalize.core.page_hints import KEY_CHARS, PageHints, read_hints, text_key
from services.normalize.core.phrases import (
    JUNK_HEADING,
    JUNK_START,
    LINKING,
    NOTICE,
    WIDE_NOTICE,
    WRITER,
    words_of,
)

CONTAINERS = ("article", "main", "aside", "nav", "footer", "header", "list", "figure", "table", "form", "blockquote",
              "section", "li", "dl", "articlebody")  # fmt: skip
CONTAINER_OF_TAG = {name: name for name in CONTAINERS} | {"ul": "list", "ol": "list", "figcaption": "figure"}
CONTAINER_BIT = {name: 1 << (len(GROUP_NAMES) + place) for place, name in enumerate(CONTAINERS)}
TAGS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "td", "dd", "dt", "figcaption", "div",
        "section", "article")  # fmt: skip
TAG_PLACE = {name: place for place, name in enumerate(TAGS)} | {"th": TAGS.index("td")}
HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
NEGATIVE_GROUPS = ("comments", "related", "teaser", "caption", "media", "byline", "tags", "navigation", "notice", "share",
                   "advert", "aside", "product")  # fmt: skip
NEGATIVE = sum(group_bit(name) for name in NEGATIVE_GROUPS)
LIST_LIKE = frozenset(("li", "dt", "dd"))

TERMINAL = frozenset('.!?"”»…。！？）)')
OPENING = frozenset("\"'“«„–—-‘「")
WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
DATE = re.compile(r"\b(?:19|20)\d\d\b|\d\d?[:.]\d\d\b")
DIGITS = re.compile(r"\d")
PROSE_CHARS = 40
PROSE_LINKS = 0.4
BIG_SHARE = 0.5  # a container of half the prose is not called `related` for its class: sites name the body so
FAR = 20


@dataclass(slots=True, eq=False)
class BlockFacts:
    """What is worked out once for a block before its features are put together."""

    size: float
    link_share: float
    prose: bool
    key: str
    candidate: bool
    titled: int = 0
    words: int = 0


@dataclass(slots=True, eq=False)
class PageFacts:
    """The page's side of the features: sums over all its blocks, and where its headline stands."""

    hints: PageHints
    facts: list[BlockFacts]
    candidates: list[int]
    prose_chars: float
    all_chars: float
    prose_before: list[float]
    headline_at: int
    headline_depths: dict[int, int]
    headline_article: int
    articles: int
    shapes: dict[int, list[float]]
    element_shapes: dict[int, list[float]]
    since_prose: list[int]
    until_prose: list[int]
    after_junk_heading: list[int]
    headline_element: Element | None

    def take_all(self) -> None:
        """Make every block a candidate: a line of a dump shows no links."""
        self.candidates = list(range(len(self.facts)))
        for one in self.facts:
            one.candidate = True


def read_facts(page: Page) -> PageFacts:
    """Sum up the page and choose the candidates: blocks that are more than a link or a single character."""
    hints = read_hints(page)
    blocks = page.blocks
    facts = [_block_facts(block) for block in blocks]
    _sum_elements(page.elements, blocks, facts)
    prose_chars = sum(one.size for one in facts if one.prose) or 1.0
    _mark_elements(page.elements, prose_chars)
    headline_at = _headline_at(blocks, facts, hints)
    element = blocks[headline_at].element if headline_at >= 0 else None
    since, until = _prose_distances(facts)
    return PageFacts(
        hints=hints,
        facts=facts,
        candidates=[place for place, one in enumerate(facts) if one.candidate],
        prose_chars=prose_chars,
        all_chars=sum(one.size for one in facts) or 1.0,
        prose_before=_running_prose(facts),
        headline_at=headline_at,
        headline_depths=_depths_above(element),
        headline_article=element.article if element is not None else 0,
        articles=max(one.article for one in page.elements),
        shapes=_shapes(blocks, facts),
        element_shapes=_element_shapes(page.elements),
        since_prose=since,
        until_prose=until,
        after_junk_heading=_junk_headings(blocks),
        headline_element=element,
    )


def _block_facts(block: PageBlock) -> BlockFacts:
    text = block.text
    length = len(text)
    size = float(length)
    if not text.isascii():
        size += 1.5 * len(WIDE.findall(text))
    links = block.link_chars / length
    prose = size > PROSE_CHARS and links < PROSE_LINKS
    candidate = length > 1 and (links < 0.9 or length >= 200)
    return BlockFacts(size, links, prose, text[:200].lower(), candidate)


def _sum_elements(elements: Sequence[Element], blocks: Sequence[PageBlock], facts: list[BlockFacts]) -> None:
    for block, fact in zip(blocks, facts, strict=True):
        element = block.element
        element.blocks += 1
        element.link_chars += block.link_chars
        if fact.prose:
            element.prose_chars += fact.size
            element.prose_blocks += 1
    for element in reversed(elements):
        parent = element.parent
        if parent is not None:
            parent.blocks += element.blocks
            parent.link_chars += element.link_chars
            parent.prose_chars += element.prose_chars
            parent.prose_blocks += element.prose_blocks


def _mark_elements(elements: Sequence[Element], prose_chars: float) -> None:
    """Class-word masks from the root down; a container of most of the prose carries no negative word on."""
    big = BIG_SHARE * prose_chars
    for element in elements:
        if not element.blocks:
            continue
        mask = group_mask(element.names)
        container = CONTAINER_OF_TAG.get(element.tag)
        if "articlebody" in element.names.lower():
            mask |= CONTAINER_BIT["articlebody"]
        if container is not None:
            mask |= CONTAINER_BIT[container]
        element.flags = mask
        carried = mask & ~NEGATIVE if element.prose_chars > big else mask
        parent = element.parent
        if parent is None:
            element.far_flags = carried
            element.negative_distance = 9
            continue
        element.far_flags = parent.far_flags | carried
        element.near_flags = carried
        element.negative_distance = 0 if carried & NEGATIVE else min(9, parent.negative_distance + 1)


def _headline_at(blocks: Sequence[PageBlock], facts: list[BlockFacts], hints: PageHints) -> int:
    headings = [place for place, block in enumerate(blocks) if block.tag == "h1"]
    for place in headings:
        if text_key(facts[place].key) in hints.headlines:
            return place
    for place in headings:
        key = text_key(facts[place].key)
        if len(key) > 8 and key in hints.title:
            return place
    for place, fact in enumerate(facts):
        if len(fact.key) > 8 and fact.size < 250 and text_key(fact.key) in hints.headlines:
            return place
    return headings[0] if len(headings) == 1 else -1


def _depths_above(element: Element | None) -> dict[int, int]:
    depths: dict[int, int] = {}
    while element is not None:
        depths[element.index] = len(depths)
        element = element.parent
    return depths


def _running_prose(facts: list[BlockFacts]) -> list[float]:
    running = [0.0]
    total = 0.0
    for one in facts:
        if one.prose:
            total += one.size
        running.append(total)
    return running


def _shapes(blocks: Sequence[PageBlock], facts: list[BlockFacts]) -> dict[int, list[float]]:
    """Of the blocks under one class path: number, characters, link characters, how many end a sentence."""
    shapes: dict[int, list[float]] = {}
    for block, fact in zip(blocks, facts, strict=True):
        shape = block.element.shape
        sums = shapes.get(shape)
        if sums is None:
            sums = shapes[shape] = [0.0, 0.0, 0.0, 0.0]
        sums[0] += 1
        sums[1] += fact.size
        sums[2] += block.link_chars
        if block.text[-1] in TERMINAL:
            sums[3] += 1
    return shapes


def _element_shapes(elements: Sequence[Element]) -> dict[int, list[float]]:
    """Of the elements of one class path: number, prose characters, prose blocks, link characters."""
    shapes: dict[int, list[float]] = {}
    for element in elements:
        if not element.blocks:
            continue
        sums = shapes.get(element.shape)
        if sums is None:
            sums = shapes[element.shape] = [0.0, 0.0, 0.0, 0.0]
        sums[0] += 1
        sums[1] += element.prose_chars
        sums[2] += element.prose_blocks
        sums[3] += element.link_chars
    return shapes


def _prose_distances(facts: list[BlockFacts]) -> tuple[list[int], list[int]]:
    since, until = [], []
    distance = FAR
    for one in facts:
        since.append(distance)
        distance = 0 if one.prose else min(FAR, distance + 1)
    distance = FAR
    for one in reversed(facts):
        until.append(distance)
        distance = 0 if one.prose else min(FAR, distance + 1)
    until.reverse()
    return since, until


def _junk_headings(blocks: Sequence[PageBlock]) -> list[int]:
    """Blocks since the last heading like "Related articles", negative once another heading has ended its part."""
    distances = []
    last, ended = -FAR * 5, True
    for place, block in enumerate(blocks):
        text = block.text
        if len(text) < 70:
            heading = block.tag in HEADINGS
            if (heading or text[-1] not in ".!?。,") and JUNK_HEADING.match(text):
                last, ended = place, False
            elif heading:
                ended = True
        distance = min(FAR, place - last)
        distances.append(-distance - 1 if ended else distance)
    return distances


# --- the features themselves ------------------------------------------------------------------------------------

TEXT_NAMES = (
    "log_chars", "log_words", "link_share", "log_links", "commas", "sentences", "ends_sentence", "ends_colon", "digits",
    "capitals", "word_length", "starts_lower", "starts_quote", "has_bar", "short_date", "junk_start", "notice_words",
    "linking_words", "writer_words", "short_notice", "many_lines", "title_words", "title_share",
    "under_15", "under_30", "under_60", "under_100", "over_200", "over_400", "links_02", "links_05", "links_09",
    "short_link", "at_sign", "copyright_sign", "read_more_link", "wide_notice",
)  # fmt: skip


def text_features(block: PageBlock, fact: BlockFacts, hints: PageHints) -> list[float]:
    """What the words of the block themselves say."""
    text, size, links = block.text, fact.size, fact.link_share
    head = text[:200]
    words = words_of(text[:600])
    word_set = set(words)
    wide_notice = 0
    count = text.count(" ") + 1
    wide = size > len(text)
    if wide:
        commas = min(1.0, (text.count("，") + text.count("、")) / 8)
        sentences = text.count("。") + text.count("！") + text.count("？")
        wide_notice = min(3, len(WIDE_NOTICE.findall(head)))
    else:
        commas = text.count(",") / count if count > 1 else 0.0
        sentences = text.count(". ") + text.count("? ") + text.count("! ")
    last = text[-1]
    sentences += last in TERMINAL
    notice = len(word_set & NOTICE)
    titled = len(word_set & hints.title_words)
    if wide and hints.title_pairs:
        titled = sum(head[at : at + 2] in hints.title_pairs for at in range(0, len(head), 2))
    fact.titled = titled
    fact.words = len(words) if not wide else len(head) // 4
    short = size < 160
    return [
        log1p(size), log1p(count), links, log1p(block.links), commas, sentences / (size / 80 + 1), last in TERMINAL,
        last == ":" or last == "：", len(DIGITS.findall(head)) / len(head), sum(map(str.isupper, head)) / len(head),
        min(20.0, size / count) if not wide else 6.0, text[0].islower(), text[0] in OPENING, "|" in head,
        size < 120 and DATE.search(head) is not None, JUNK_START.match(text) is not None, min(3, notice),
        min(2, len(word_set & LINKING)) if short else 0.0, bool(word_set & WRITER) if size < 300 else 0.0,
        min(2, notice) if short else 0.0, "\n" in text, min(4, titled), titled / (len(words) + 4),
        size < 15, size < 30, size < 60, size < 100, size > 200, size > 400, links > 0.2, links > 0.5, links > 0.9,
        size < 100 and block.links > 0 and links > 0.3 and last not in ".!?。", "@" in head, "©" in head,
        block.links > 0 and size < 300 and text.endswith(("more", "more…", "more...", "→", "»", ">>")),
        wide_notice,
    ]  # fmt: skip


GROUP_FLAG_NAMES = (
    tuple(f"own_{name}" for name in GROUP_NAMES)
    + tuple(f"near_{name}" for name in GROUP_NAMES)
    + tuple(f"far_{name}" for name in GROUP_NAMES)
    + tuple(f"in_{name}" for name in CONTAINERS)
)
ELEMENT_NAMES = (
    *(f"tag_{name}" for name in (*TAGS, "other")), "negative_0", "negative_1", "negative_2", "negative_4", "depth", "hidden",
    "inline_negative", *GROUP_FLAG_NAMES,
    "li_linked", "li_plain", "li_short", "heading_linked", "heading_in_prose", "heading_no_prose_after", "p_prose", "p_short",
    "div_short", "div_prose", "p_linked",
)  # fmt: skip
_GROUPS = len(GROUP_NAMES)
_GROUP_MASK = (1 << _GROUPS) - 1
_bits_memory: dict[int, list[float]] = {}
_container_memory: dict[int, list[float]] = {}


def _bits(mask: int) -> list[float]:
    bits = _bits_memory.get(mask)
    if bits is None:
        if len(_bits_memory) > 20_000:
            _bits_memory.clear()
        bits = _bits_memory[mask] = [float(mask >> place & 1) for place in range(_GROUPS)]
    return bits


def _container_bits(mask: int) -> list[float]:
    bits = _container_memory.get(mask)
    if bits is None:
        bits = _container_memory[mask] = [float(mask >> place & 1) for place in range(len(CONTAINERS))]
    return bits


def element_features(block: PageBlock, fact: BlockFacts, page: PageFacts) -> list[float]:
    """What the block's element and those around it are called."""
    element = block.element
    tag = TAG_PLACE.get(element.tag, len(TAGS))
    tags = [0.0] * (len(TAGS) + 1)
    tags[tag] = 1.0
    own = element.flags & _GROUP_MASK
    inline = 0
    for names in block.inline_names:
        inline |= group_mask(names)
    parent = element.parent
    near = far = 0
    if parent is not None:
        near = parent.near_flags
        above = parent.parent
        if above is not None:
            near |= above.near_flags
            if above.parent is not None:
                far = above.parent.far_flags & _GROUP_MASK
    near &= _GROUP_MASK
    containers = element.far_flags >> _GROUPS
    distance = element.negative_distance
    size, links = fact.size, fact.link_share
    li = element.tag in LIST_LIKE
    p = tag == 0
    heading = 2 <= tag <= 6
    div = tag >= 14
    at = block.index
    return [
        *tags, distance == 0, distance <= 1, distance <= 2, distance <= 4, min(element.depth, 30) / 10, element.hidden,
        bool(inline & NEGATIVE), *_bits(own | inline), *_bits(near), *_bits(far), *_container_bits(containers),
        li and links > 0.5, li and links < 0.1, li and size < 40, heading and links > 0.5,
        heading and page.since_prose[at] < 2 and page.until_prose[at] < 2, heading and page.until_prose[at] > 1,
        p and size > 60 and links < 0.3, p and size < 60, div and size < 60, div and size >= 60 and links < 0.3,
        p and links > 0.8,
    ]  # fmt: skip


PLACE_NAMES = (
    "is_headline_text", "in_title", "in_description", "in_article_body", "not_in_article_body", "repeated", "before_headline",
    "at_headline", "log_after_headline", "log_before_headline", "place", "chars_before", "prose_before", "prose_after",
    "prose_since_headline", "has_headline", "prose_within_3", "prose_within_8", "prose_within_20", "same_parent_before",
    "same_shape_before", "same_parent_after", "same_shape_after", "log_blocks", "log_prose", "prose_share", "since_prose",
    "until_prose", "under_junk_heading", "junk_heading_near", "junk_heading_itself",
)  # fmt: skip


def place_features(
    block: PageBlock,
    fact: BlockFacts,
    page: PageFacts,
    blocks: Sequence[PageBlock],
    seen: int,
    chars_before: float,
) -> list[float]:
    """Where on the page the block stands, and what the page's head says of its words."""
    at, count = block.index, len(blocks)
    hints, running, prose = page.hints, page.prose_before, page.prose_chars
    key = fact.key[:KEY_CHARS]
    headline = page.headline_at
    from_headline = max(0, headline)
    element = block.element
    long_key = len(key) > 15
    in_body = bool(hints.article_body_key) and long_key and key.replace("\n", " ") in hints.article_body_key
    before = blocks[at - 1].element if at > 0 else None
    after = blocks[at + 1].element if at + 1 < count else None
    junk = page.after_junk_heading[at]
    return [
        text_key(fact.key) in hints.headlines if fact.size < 250 else 0.0, fact.size > 10 and fact.size < 250 and fact.key in hints.title,
        long_key and key in hints.description, in_body, bool(hints.article_body_key) and long_key and not in_body, min(seen, 3),
        headline >= 0 and at < headline, at == headline, log1p(max(0, at - from_headline)), log1p(max(0, from_headline - at)),
        at / count, chars_before / page.all_chars, running[at] / prose, (running[-1] - running[at + 1]) / prose,
        max(0.0, running[at] - running[from_headline]) / prose, headline >= 0,
        *((running[min(count, at + near)] - running[max(0, at - near + 1)]) / prose for near in (3, 8, 20)),
        before is not None and before.parent is element.parent, before is not None and before.shape == element.shape,
        after is not None and after.parent is element.parent, after is not None and after.shape == element.shape,
        log1p(count), log1p(prose), prose / page.all_chars, page.since_prose[at] / 10, page.until_prose[at] / 10,
        junk >= 0, min(FAR, abs(junk)) / 10, junk == 0,
    ]  # fmt: skip


SHARE_NAMES = (
    *(f"{what}_{level}" for level in range(4) for what in ("share", "log_prose_blocks", "links")),
    "shape_log_count", "shape_mean_chars", "shape_links", "shape_share", "shape_sentences", "container_log_blocks",
    *(f"{what}_{level}" for level in range(4) for what in ("siblings", "alike", "alike_prose", "alike_links", "teaser_list")),
    "headline_up", "headline_down", "headline_share", "same_article", "other_article", "later_article", "only_article",
    "outside_only_article", "headline_share_prose",
)  # fmt: skip


def share_features(block: PageBlock, fact: BlockFacts, page: PageFacts) -> list[float]:
    """How much of the page's prose stands in each container around the block, and how often the container recurs."""
    element = block.element
    prose = page.prose_chars
    chain = _chain(element)
    row: list[float] = []
    for one in chain[1:] if TAG_PLACE.get(element.tag, 17) < 14 else chain[:4]:
        row += (
            one.prose_chars / prose,
            log1p(one.prose_blocks),
            one.link_chars / (one.prose_chars + one.link_chars + 1),
        )
    count, chars, links, ends = page.shapes[element.shape]
    mean = chars / count
    row += (
        log1p(count), mean / 200 if mean < 1000 else 5.0, links / (chars + 1), chars / page.all_chars, ends / count,
        log1p(chain[1].blocks),
    )  # fmt: skip
    for one in chain[:4]:
        alike, alike_chars, alike_blocks, alike_links = page.element_shapes[one.shape]
        parent = one.parent
        siblings = parent.children.get(one.own, 1) if parent is not None and parent.children else 1
        if alike > 1:
            per = min(4.0, alike_blocks / alike)
            linked = alike_links / (alike_chars + alike_links + 1)
            row += (
                log1p(siblings - 1),
                log1p(alike - 1),
                per,
                linked,
                alike > 2 and per <= 1.5 and linked > 0.1,
            )
        else:
            row += (log1p(siblings - 1), 0.0, 0.0, 0.0, 0.0)
    row += _headline_relation(element, fact, page)
    return row


def _chain(element: Element) -> list[Element]:
    chain = [element]
    while len(chain) < 5:
        parent = chain[-1].parent
        chain.append(chain[-1] if parent is None else parent)
    return chain


def _headline_relation(element: Element, fact: BlockFacts, page: PageFacts) -> tuple[float, ...]:
    article = element.article
    single = page.articles == 1
    only = (article > 0 and single, article == 0 and single)
    if page.headline_at < 0:
        return (0.0, 0.0, 0.0, 0.0, 0.0, article > 1, *only, 0.0)
    up, one = 0, element
    while one.index not in page.headline_depths and one.parent is not None:
        one = one.parent
        up += 1
    share = one.prose_chars / page.prose_chars
    same = article > 0 and article == page.headline_article
    other = article > 0 and page.headline_article > 0 and not same
    prose = fact.size > 60 and fact.link_share < 0.3
    return (min(up, 12) / 4, min(page.headline_depths.get(one.index, 0), 12) / 4, share, same, other, article > 1, *only,
            share if prose else 0.0)  # fmt: skip


TITLE_NAMES = (
    "titled_1",
    "titled_2",
    "titled_3",
    "titled_against_page_1",
    "titled_against_page_2",
    "titled_against_page_3",
)


def title_features(element: Element, page_rate: float) -> list[float]:
    """How often the words of the page's title come up in the prose of the containers around the block."""
    row: list[float] = []
    one = element
    for _ in range(3):
        one = one.parent or one
        row.append(min(1.0, 4 * one.titled / (one.words + 30)))
    return row + [max(-1.0, min(1.0, rate - page_rate)) for rate in row]


def _sum_titles(page: Page, facts: PageFacts) -> float:
    """Add up the title's words over the elements; the rate of the whole page comes back."""
    for at in facts.candidates:
        fact = facts.facts[at]
        if fact.prose:
            element = page.blocks[at].element
            element.titled += fact.titled
            element.words += fact.words
    for element in reversed(page.elements):
        if element.parent is not None and element.words:
            element.parent.titled += element.titled
            element.parent.words += element.words
    root = page.elements[0]
    return min(1.0, 4 * root.titled / (root.words + 30))


FEATURE_NAMES: tuple[str, ...] = TEXT_NAMES + ELEMENT_NAMES + PLACE_NAMES + SHARE_NAMES + TITLE_NAMES


def first_features(page: Page, facts: PageFacts) -> list[list[float]]:
    """One row of FEATURE_NAMES for each candidate block, in order."""
    started = list(_words_and_places(page, facts))
    rate = _sum_titles(page, facts)
    return [
        words
        + element_features(page.blocks[at], facts.facts[at], facts)
        + place
        + share_features(page.blocks[at], facts.facts[at], facts)
        + title_features(page.blocks[at].element, rate)
        for at, words, place in started
    ]


def text_and_place_features(page: Page, facts: PageFacts) -> list[list[float]]:
    """One row of TEXT_NAMES and PLACE_NAMES for each candidate: what a line of a dump has too."""
    return [words + place for _, words, place in _words_and_places(page, facts)]


def _words_and_places(page: Page, facts: PageFacts) -> Iterator[tuple[int, list[float], list[float]]]:
    seen: dict[str, int] = {}
    chars = 0.0
    for at, (block, fact) in enumerate(zip(page.blocks, facts.facts, strict=True)):
        chars += fact.size
        repeated = 0
        if len(fact.key) > 15:
            repeated = seen.get(fact.key, 0)
            seen[fact.key] = repeated + 1
        if fact.candidate:
            words = text_features(block, fact, facts.hints)
            yield at, words, place_features(block, fact, facts, page.blocks, repeated, chars)

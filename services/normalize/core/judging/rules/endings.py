"""Where an article ends: at a line that says other articles or comments follow."""

import re

from services.normalize.core.judging.draft import Draft
from services.normalize.core.reading.blocks import Element
from services.normalize.core.words.phrases import ENDING as MAY_END

ENOUGH_CHARS = 400  # of kept text before the heading; a "Related" box above the article ends nothing
PARAGRAPH_CHARS = 80
HEADING_CHARS = 70
SURE = 1.0  # log-odds; below a "Related" heading a block of less is no longer taken for article text
NAMED_FOR_OTHERS = re.compile(r"related|recommend|teaser|promo|similar|trending|popular", re.I)
CONTAINERS_ASKED = 5
SENTENCE_ENDS = '.!?…"”»:“‘’。！？」'
ENDING = re.compile(
    r"\W*(?:related (?:articles?|posts?|stories|news|content|reading|coverage)|recommended(?: for you| stories| reading| articles)?|"
    r"more (?:from|on|in|stories|news|articles|like this)\b.{0,40}|read (?:next|more(?: stories| news)?)|you (?:may|might) (?:also )?(?:like|be interested in).{0,20}|"
    r"(?:\d+ )?comments?(?: \(?\d+\)?)?|leave a (?:reply|comment)|no comments yet.{0,20}|hashtags|trending(?: now)?|most (?:read|popular|viewed)|"
    r"latest (?:news|stories|articles|posts)|top stories|popular (?:posts|stories|articles)|you may have missed|recent posts|"
    r"похожие (?:статьи|новости|материалы)|читайте также|другие новости|по теме|новости по теме|комментарии|популярное|последние новости|"
    r"чытайце таксама|іншыя навіны|каментары|апошнія навіны|читайте також|коментарі|останні новини|популярне|інші новини|"
    r"czytaj także|czytaj też|zobacz także|zobacz też|komentarze|najnowsze|polecane|najpopularniejsze|"
    r"susiję straipsniai|taip pat skaitykite|komentarai|naujausi|skaitomiausi|"
    r"mehr zum thema|das könnte (?:sie|dich) auch interessieren|kommentare|meistgelesen|weitere artikel|"
    r"(?:articles?|sujets?) (?:liés|similaires|connexes)|à lire (?:aussi|également)|sur le même sujet|commentaires|les plus lus|"
    r"(?:artículos|noticias) relacionad[ao]s|también te puede interesar|comentarios|lo más (?:leído|visto))\W*"
)
"""For text in lower case; what it can begin with stands in `phrases.ENDING_BEGINNINGS`."""


def cut_after_ending(draft: Draft) -> None:
    """Cut lone paragraphs below a line like "Related Articles", once an article's worth of text stands above it.

    Needed for an aggregator's dump that gives three more articles, a paragraph each, under "Related Articles". Two
    paragraphs in a row below such a line are the article going on after a box of links, and stay.
    """
    sizes, kept_chars, ended = draft.scored.facts.sizes, 0.0, False
    for at, block in enumerate(draft.scored.page.blocks):
        if not ended and kept_chars >= ENOUGH_CHARS and _is_ending(block.text):
            ended = True
        if ended and not _stands_in_run(draft, at):
            draft.cut(at, "after_ending", "other article or comment")
        elif draft.kept[at]:
            kept_chars += sizes[at]
            ended = ended and not _is_paragraph(draft, at)


def cut_below_heading(draft: Draft) -> None:
    """Cut what is not surely article text below a heading like "Related Articles", once an article's worth stands above.

    Needed for an aggregator's page that sets three other articles, heading and paragraph each, in the body's own
    container. Short lines go with the heading, and everything in a container named for such things; the first
    paragraph that is sure ends the rule and keeps its subheading, for then the heading stood over a box in mid-article.
    """
    kept_chars, ended, kept = 0.0, False, draft.kept_places()
    if not kept or not _has_ending(draft, kept[0], kept[-1]):
        return
    for at, block in enumerate(draft.scored.page.blocks[: kept[-1] + 1]):
        if not ended and kept_chars >= ENOUGH_CHARS and _is_ending(block.text):
            ended = True
        if not draft.kept[at]:
            continue
        if ended and not _goes_on(draft, at):
            draft.cut(at, "below_heading", "other article or comment")
        else:
            kept_chars, ended = kept_chars + draft.scored.facts.sizes[at], False


def _has_ending(draft: Draft, first: int, last: int) -> bool:
    """A quick look: whether any such heading stands between the first kept block and the last."""
    blocks, begins = draft.scored.page.blocks, draft.scored.facts.begins.tolist()
    places = [at for at, bits in enumerate(begins[first : last + 1], first) if bits & MAY_END]
    return any(_is_ending(blocks[at].text) for at in places)


def _is_ending(text: str) -> bool:
    return len(text) < HEADING_CHARS and ENDING.fullmatch(text.lower()) is not None


def _goes_on(draft: Draft, at: int) -> bool:
    """Whether the article goes on here: a sure paragraph, or the subheading right above one."""
    blocks = draft.scored.page.blocks
    if blocks[at].kind == "heading" and at + 1 < len(blocks):
        return (
            not ENDING.fullmatch(blocks[at].text.lower()) and _is_sure(draft, at) and _goes_on(draft, at + 1)
        )
    return _is_paragraph(draft, at) and _is_sure(draft, at)


def _is_sure(draft: Draft, at: int) -> bool:
    element = draft.scored.page.blocks[at].element
    return (draft.scored.scores[at] or 0.0) >= SURE and not _is_named_for_others(element)


def _is_named_for_others(element: Element | None) -> bool:
    for _ in range(CONTAINERS_ASKED):
        if element is None or element.parent is None:
            return False
        if NAMED_FOR_OTHERS.search(element.names):
            return True
        element = element.parent
    return False


def _stands_in_run(draft: Draft, at: int) -> bool:
    return _is_paragraph(draft, at) and (_is_paragraph(draft, at - 1) or _is_paragraph(draft, at + 1))


def _is_paragraph(draft: Draft, at: int) -> bool:
    if not 0 <= at < len(draft.kept) or not draft.kept[at]:
        return False
    text = draft.scored.page.blocks[at].text
    return len(text) >= PARAGRAPH_CHARS and text[-1] in SENTENCE_ENDS

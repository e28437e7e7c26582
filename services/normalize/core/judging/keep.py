"""Keep or cut: every block of a page with its verdict, reason, rule and score."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from services.normalize.core.judging.draft import Draft, first_draft
from services.normalize.core.judging.model import Passes
from services.normalize.core.judging.reasons import reasons_of_cuts
from services.normalize.core.judging.rules.article_body import rescue_by_article_body
from services.normalize.core.judging.rules.captions import cut_captions
from services.normalize.core.judging.rules.comments import cut_comments
from services.normalize.core.judging.rules.endings import cut_after_ending, cut_below_heading
from services.normalize.core.judging.rules.headlines import cut_headline_lines, cut_repeated_lines
from services.normalize.core.judging.rules.notices import cut_notices
from services.normalize.core.judging.rules.other_articles import cut_other_articles
from services.normalize.core.judging.rules.pointers import cut_pointers
from services.normalize.core.judging.rules.repeats import cut_repeats
from services.normalize.core.judging.rules.subheadings import keep_subheadings
from services.normalize.core.judging.rules.teasers import cut_teaser_lists
from services.normalize.core.judging.scoring import score_page
from services.normalize.core.reading.blocks import PageBlock
from services.normalize.core.reading.page import Page

Rule = Callable[[Draft], None]

RULES: dict[str, tuple[Rule, ...]] = {
    "html": (
        cut_comments,
        cut_captions,
        cut_other_articles,
        cut_below_heading,
        cut_pointers,
        cut_notices,
        cut_repeats,
        keep_subheadings,
        rescue_by_article_body,
    ),
    "text": (
        cut_after_ending,
        cut_teaser_lists,
        cut_repeated_lines,
        cut_headline_lines,
        cut_pointers,
        cut_notices,
    ),
}
"""The named rules in their order; what each of them gains stands in docs/extraction.md."""


class JudgedBlock(NamedTuple):
    """One line of the cut ledger: the block, whether it is the article's text, and why in words.

    `rule` is the rule's name or "model"; `score` the model's log-odds that the block is article text, None for blocks
    that it never saw: plain links and single characters.
    """

    block: PageBlock
    kept: bool
    reason: str
    rule: str
    score: float | None


def judge_blocks(page: Page, passes: Passes | None = None) -> tuple[JudgedBlock, ...]:
    """Each of the page's blocks, in order, kept or cut: together they are its whole text.

    Text that only the page's JSON-LD holds comes after them, as blocks of their own. `passes` is another model than
    the shipped one; measuring on folds needs it.
    """
    if not page.blocks:
        return ()
    draft = first_draft(score_page(page, passes))
    for rule in RULES[page.kind]:
        rule(draft)
    return (*_ledger(draft), *_added(draft))


def _added(draft: Draft) -> list[JudgedBlock]:
    root, first = draft.scored.page.elements[0], len(draft.kept)
    return [
        JudgedBlock(PageBlock(first + place, text, "paragraph", root), True, "article text", rule, None)
        for place, (text, rule) in enumerate(draft.added)
    ]


def _ledger(draft: Draft) -> list[JudgedBlock]:
    blocks, reasons = draft.scored.page.blocks, reasons_of_cuts(draft.scored.facts)
    for at in draft.kept_places():
        reasons[at] = "subheading" if blocks[at].kind == "heading" else "article text"
    parts = (blocks, draft.kept, draft.reasons, reasons, draft.rules, draft.scored.scores)
    compiled = draft.scored.page.reader.verdicts
    return compiled.judged_blocks(JudgedBlock, *parts) if compiled is not None else judged_blocks(*parts)


def judged_blocks(
    blocks: Sequence[PageBlock],
    kept: Sequence[bool],
    said: Sequence[str],
    why: Sequence[str],
    rules: Sequence[str],
    scores: Sequence[float | None],
) -> list[JudgedBlock]:
    """A judged block of each block; its reason is what a rule said of it, or else why the model cut it."""
    reasons = [one or other for one, other in zip(said, why, strict=True)]
    return [*map(_judged, zip(blocks, kept, reasons, rules, scores, strict=True))]


_judged: Callable[[Iterable[object]], JudgedBlock] = partial(tuple.__new__, JudgedBlock)
"""`JudgedBlock._make` without its look at the length: a page has hundreds."""


def text_kept_by(draft: Draft, rules: tuple[Rule, ...]) -> str:
    """The kept text after these rules; for measuring what each of them gains."""
    for rule in rules:
        rule(draft)
    blocks = draft.scored.page.blocks
    return "\n\n".join([*(blocks[at].text for at in draft.kept_places()), *(text for text, _ in draft.added)])

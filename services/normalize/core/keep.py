"""Keep or cut: every block of a page with its verdict, reason, rule and score."""

from dataclasses import dataclass

from services.normalize.core.blocks import PageBlock
from services.normalize.core.page import Page


@dataclass(frozen=True, slots=True)
class JudgedBlock:
    """One line of the cut ledger: the block, whether it is the article's text, and why in words.

    `rule` is the rule's name or "model"; `score` the model's log-odds that the block is article text.
    """

    block: PageBlock
    kept: bool
    reason: str
    rule: str
    score: float | None


def judge_blocks(page: Page) -> tuple[JudgedBlock, ...]:
    """Each of the page's blocks, in order, kept or cut: together they are its whole text."""
    return tuple(_judge(block) for block in page.blocks)


def _judge(block: PageBlock) -> JudgedBlock:
    prose = len(block.text) > 80 and block.link_density < 0.4
    return JudgedBlock(block, prose, "article text" if prose else "not article text", "model", None)

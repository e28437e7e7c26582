"""What reads and judges a page: what was compiled where it was built and fits the parser, else Python's."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from services.normalize.core.reading.compiled import (
    COUNTING_IN_C,
    TEXTS_IN_C,
    PageFeatures,
    SecondFeatures,
    Verdicts,
    first_features_in_c,
    looks_in_c,
    parse_page_in_c,
    read_head_in_c,
    reason_against,
    second_features_in_c,
    second_features_of_page_in_c,
    verdicts_in_c,
    walk_once_in_c,
)
from services.normalize.core.reading.head import ReadHead, read_head
from services.normalize.core.reading.measures import PYTHON, Counting
from services.normalize.core.reading.parse import ParsePage, parse_page
from services.normalize.core.reading.source import PYTHON as LOOKED_BY_PYTHON
from services.normalize.core.reading.source import SourceLooks
from services.normalize.core.reading.texts import PYTHON as READ_BY_PYTHON
from services.normalize.core.reading.texts import TextReading
from services.normalize.core.reading.walk import Walked, WalkOnce, cut_blocks, walk_once


@dataclass(frozen=True, slots=True)
class Reader:
    """All that reads and judges a page, `compiled` or `python` by name; `why_not` says why it is not the compiled one.

    From `features` on: what is None is done by the modules named in the C files' heads.
    """

    name: str
    walk_once: WalkOnce
    read_head: ReadHead
    counting: Counting
    texts: TextReading
    looks: SourceLooks
    parse_page: ParsePage
    features: PageFeatures | None = None
    second_features: SecondFeatures | None = None
    second_features_of_page: PageFeatures | None = None
    verdicts: Verdicts | None = None
    why_not: str = ""

    def cut_blocks(self, tree: LexborHTMLParser) -> Walked:
        """The page's elements and blocks, as `walk.cut_blocks`."""
        return cut_blocks(tree, self.walk_once)


def choose_reader(*, compiled: bool = True) -> Reader:
    """The compiled reader if it is wanted, built and fits the installed parser; else Python's, with the reason."""
    reason = reason_against() if compiled else "switched off"
    return _python_reader(reason) if reason else _compiled_reader()


def _python_reader(reason: str) -> Reader:
    return Reader(
        name="python",
        walk_once=walk_once,
        read_head=read_head,
        counting=PYTHON,
        texts=READ_BY_PYTHON,
        looks=LOOKED_BY_PYTHON,
        parse_page=parse_page,
        why_not=reason,
    )


def _compiled_reader() -> Reader:
    return Reader(
        name="compiled",
        walk_once=walk_once_in_c,
        read_head=read_head_in_c,
        counting=COUNTING_IN_C,
        texts=TEXTS_IN_C,
        looks=looks_in_c(),
        parse_page=parse_page_in_c,
        features=first_features_in_c,
        second_features=second_features_in_c,
        second_features_of_page=second_features_of_page_in_c,
        verdicts=verdicts_in_c(),
    )


SHIPPED = choose_reader()
"""What reads pages unless something else is asked for; chosen once."""

"""Marks that programs set into a text and nobody wrote: a mail's before what it quotes, a link's number or address."""

import re
from collections.abc import Sequence

QUOTED = re.compile(r" ?> ?")
QUOTED_SHARE = 0.5  # of the text; the rest is what a mail says before and after the quotation
MOST_QUOTED = 5  # how often a mail was sent on
LISTED = re.compile(r"\s*(\d{1,5})\. [a-z][a-z.+-]*:\S")
NUMBERED = re.compile(r"\[(\d{1,5})\](?=\S)")

TARGET = re.compile(
    r"!?\[([^\[\]]{0,2000})\]\((?:https?:|mailto:|tel:|data:|javascript:|[/#?.])"
    r'[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"]{0,200}")?\)'
)
"""A link of Markdown, [its text](https://…), with or without a title; with ! before it a picture."""
NESTED = 2  # a picture in a link


def without_link_targets(text: str) -> str:
    """The text without the addresses of Markdown's links; what is shown of them stays.

    >>> without_link_targets('The [ferry](https://ledger.example/ferry "Ferry") left (late).')
    'The ferry left (late).'
    """
    for _ in range(NESTED if "](" in text else 0):
        text = TARGET.sub(r"\1", text)
    return text


def without_quote_marks(lines: Sequence[str]) -> Sequence[str]:
    """A mail's quotation without the `>` before its lines; a text whose lines do not begin with it as it is."""
    for _ in range(MOST_QUOTED):
        if not _is_quotation(lines):
            break
        lines = [QUOTED.sub("", line, count=1) if QUOTED.match(line) else line for line in lines]
    return lines


def _is_quotation(lines: Sequence[str]) -> bool:
    quoted = sum(len(line) for line in lines if QUOTED.match(line))
    return 0 < quoted >= QUOTED_SHARE * sum(map(len, lines))


def without_link_numbers(lines: Sequence[str]) -> Sequence[str]:
    """The lines without the numbers of links that a list in the same text explains.

    `lynx -dump` sets [12] before a link, and below the text "12. https://…"; a number that is not in the list stays.
    """
    listed = {found[1] for line in lines if (found := LISTED.match(line))}
    if not listed:
        return lines
    return [NUMBERED.sub(lambda found: "" if found[1] in listed else found[0], line) for line in lines]

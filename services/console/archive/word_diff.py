"""What a revision changed, as lines for people: paragraphs as `diff` marks them, changed words as `git diff --word-diff` does."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

WORD = re.compile(r"\s+|\w+|[^\w\s]")
MOST_PARTS = 2_000
"""Of a paragraph that is compared word by word; a longer one is shown as removed and added, since the time grows with the square."""


def diff_lines(diff: dict[str, Any]) -> Iterator[str]:
    """A revision's difference as the archive keeps it (`Changes`); a field that is absent or empty gives no line."""
    if headline := diff.get("headline"):
        yield from _changed("headline: ", *headline)
    for before, after in diff.get("changed") or ():
        yield from _changed("~ ", before, after)
    yield from (f"- {paragraph}" for paragraph in diff.get("removed") or ())
    yield from (f"+ {paragraph}" for paragraph in diff.get("added") or ())
    if numbers := diff.get("numbers"):
        yield "figures: " + ", ".join(f"{before} → {after}" for before, after in numbers)
    if notice := diff.get("notice"):
        yield f"the article says: {notice}"


def marked_words(before: str, after: str) -> str:
    """`after` with the words that came as {+new+} and those that went as [-old-]; a blank alone is nothing that stayed.

    >>> marked_words("a list of 21 people", "a list of 26 people, they said")
    'a list of [-21-]{+26+} people{+, they said+}'
    """
    old, new = WORD.findall(before), WORD.findall(after)
    said, gone, come = "", "", ""
    for _, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        went, came = "".join(old[start:end]), "".join(new[begin:stop])
        if went == came and not went.isspace():
            said += _marked(gone, come) + went
            gone = come = ""
        else:
            gone, come = gone + went, come + came
    return said + _marked(gone, come)


def _marked(gone: str, come: str) -> str:
    return (f"[-{gone}-]" if gone else "") + (f"{{+{come}+}}" if come else "")


def _changed(mark: str, before: str, after: str) -> Iterator[str]:
    if max(len(WORD.findall(before)), len(WORD.findall(after))) > MOST_PARTS:
        yield from (f"- {before}", f"+ {after}")
    else:
        yield mark + marked_words(before, after)

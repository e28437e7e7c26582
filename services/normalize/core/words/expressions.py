"""Regular expressions taken apart, so that cheap looks can be made of them. They themselves lie where they are used."""

import re

PART = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|\{[^}]*\}|.", re.S)
SPECIAL = frozenset("^$.*+?|()[]{}\\")


def alternatives_of(pattern: str) -> list[str]:
    """The alternatives of an expression, parted by the bars outside of all brackets.

    >>> alternatives_of("a(?:b|c)|[|]d")
    ['a(?:b|c)', '[|]d']
    """
    found, depth = [""], 0
    for part in PART.findall(pattern):
        depth += (part == "(") - (part == ")")
        if part == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += part
    return found


def letters_within(pattern: str) -> str:
    """The longest run of letters that stands in all that an expression without outer bars can find; of two the first.

    >>> letters_within(r"support (?:our|local) journalists?\\b.{0,20}")
    ' journalist'
    """
    runs, depth = [""], 0
    for part in PART.findall(pattern):
        if depth == 0 and len(part) == 1 and part not in SPECIAL:
            runs[-1] += part
            continue
        if depth == 0 and part[0] in "?*{":  # what stands before it may be missing
            runs[-1] = runs[-1][:-1]
        runs.append("")
        depth += (part == "(") - (part == ")")
    return max(runs, key=len)

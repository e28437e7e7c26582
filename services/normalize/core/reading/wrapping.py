"""Text that was broken into lines of one width, made whole again: a browser's dump, a mail, a text file."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

NARROWEST, WIDEST = 40, 160  # columns: from a narrow mail to a wide terminal
FEWEST_BREAKS = 3  # that only the width explains; the fewest that a text of one paragraph shows
FORCED_SHARE = 0.4
"""Of the breaks after lines longer than half the width; one in six of a list's is forced by chance."""
LONGER_SHARE = 0.2
"""Of the text may stand in longer lines: tables, and the one paragraph that an editor added."""
ITEM = re.compile(r"(?:[*•·▪◦‣∙+>□■○●☆★◎–—-]|\[[ xX]\]|\(?\d{1,3}[.)])\s")
ADDRESS = re.compile(rf"(?:{ITEM.pattern}\s*)?\S+|\d+\. [a-z][a-z.+-]*:.*")  # nothing is broken there
UNSPACED = re.compile(r"[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\U00020000-\U0003fffd]")
"""The letters and marks of Chinese and Japanese, which are two columns wide and have no blanks between words."""
WIDE = re.compile(UNSPACED.pattern[:-1] + r"\u1100-\u115f\uac00-\ud7a3]")  # and Korean ones, which have
HYPHENATED = re.compile(r"[^\W\d_]-$")  # the hyphen stays: it may be the word's own
COLUMNS_OF_WIDE = (2, 1)  # lynx gives such a letter one column


class _Line(NamedTuple):
    """A line: its text without the blanks around it, where it begins and ends, and the columns of its first word."""

    text: str
    indent: int
    end: int
    first_word: int


def unwrapped(lines: Sequence[str]) -> list[str]:
    """The lines with those that a fixed width broke put together again, each where its first part began.

    The margin that most of the text is set in goes with it. Every line comes back as it is where the text as a whole
    shows no width.
    """
    if _is_too_long(lines):
        return [*lines]
    for columns_of_wide in COLUMNS_OF_WIDE if any(map(WIDE.search, lines)) else (1,):
        read = [_read(line, columns_of_wide) for line in lines]
        width = _width_of(read)
        if width:
            return [*_without_margin([*_joined(lines, read, width)])]
    return [*lines]


def _is_too_long(lines: Sequence[str]) -> bool:
    """A quick look: whether too much text stands in lines that no width leaves."""
    sizes = [len(line) for line in lines if not ADDRESS.fullmatch(line.strip())]
    return sum(size for size in sizes if size > 2 * WIDEST) > LONGER_SHARE * sum(sizes)


def _width_of(lines: Sequence[_Line]) -> int:
    """The width in columns at which the text was broken; 0 where none explains it.

    A break is forced at a width if the line fits it and would not with the next line's first word as well. The width
    is the one that forces most of them, and the greatest of several.
    """
    changes = [0] * (WIDEST + 2)
    for line, after in pairwise(lines):
        if line.end <= WIDEST and _may_go_on(line, after):
            changes[max(NARROWEST, line.end)] += 1
            changes[max(NARROWEST, min(WIDEST + 1, _end_with(line, after)))] -= 1
    forced = [*accumulate(changes)]
    width = max(range(WIDEST, NARROWEST - 1, -1), key=forced.__getitem__)
    return width if forced[width] >= FEWEST_BREAKS and _explains(width, lines) else 0


def _explains(width: int, lines: Sequence[_Line]) -> bool:
    """Whether the width forces most breaks after longer lines, and nearly all text keeps to it."""
    breaks = [
        _is_forced(line, after, width)
        for line, after in pairwise(lines)
        if width / 2 < line.end <= width and _may_go_on(line, after)
    ]
    chars = [(len(line.text), line.end > width) for line in lines if not ADDRESS.fullmatch(line.text)]
    longer = sum(size for size, is_longer in chars if is_longer)
    return sum(breaks) >= FORCED_SHARE * len(breaks) and longer <= LONGER_SHARE * sum(
        size for size, _ in chars
    )


def _is_forced(line: _Line, after: _Line, width: int) -> bool:
    return line.end <= width < _end_with(line, after)


def _end_with(line: _Line, after: _Line) -> int:
    """Where the line would end with the next one's first word."""
    return line.end + after.first_word + (not _meet_without_blank(line, after))


def _meet_without_blank(line: _Line, after: _Line) -> bool:
    if UNSPACED.match(line.text[-1]) or UNSPACED.match(after.text):
        return True
    return after.text[0].isalpha() and HYPHENATED.search(line.text) is not None


def _may_go_on(line: _Line, after: _Line) -> bool:
    """Whether two lines that follow each other could be one; an item of a list begins anew."""
    return line.text != "" and after.text != "" and not ITEM.match(after.text)


def _joined(lines: Sequence[str], read: Sequence[_Line], width: int) -> Iterator[str]:
    parts: list[str] = []
    for place, line in enumerate(read):
        if parts and _goes_on(read[place - 1], line, width, first=len(parts) == 1):
            parts += ["" if _meet_without_blank(read[place - 1], line) else " ", line.text]
            continue
        if parts:
            yield "".join(parts)
        parts = [lines[place].rstrip()]
    yield "".join(parts)


def _goes_on(line: _Line, after: _Line, width: int, *, first: bool) -> bool:
    """Whether a paragraph goes on in the next line; only its first line may be set in or out."""
    if not _may_go_on(line, after) or not _is_forced(line, after, width):
        return False
    return first or line.indent == after.indent


def _without_margin(lines: Sequence[str]) -> Iterator[str]:
    """The lines moved to the left by what most of the text is set in."""
    chars: Counter[int] = Counter()
    for line in lines:
        chars[_indent(line)] += len(line) * (ADDRESS.fullmatch(line.strip()) is None)
    margin = max(chars, key=chars.__getitem__)
    return (line[min(margin, _indent(line)) :] for line in lines)


def _read(line: str, columns_of_wide: int) -> _Line:
    text, indent = line.strip(), _indent(line)
    word = text[:1] if UNSPACED.match(text) else text.split(None, 1)[0] if text else ""
    return _Line(text, indent, indent + _columns(text, columns_of_wide), _columns(word, columns_of_wide))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _columns(text: str, columns_of_wide: int) -> int:
    return len(text) if text.isascii() else len(text) + (columns_of_wide - 1) * len(WIDE.findall(text))

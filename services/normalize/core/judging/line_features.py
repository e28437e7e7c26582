"""The features that only lines of a text dump have: blank lines, bullets, the rhythm of long and short lines."""

import re
from collections import Counter
from collections.abc import Sequence
from math import log1p

import numpy as np

from services.normalize.core.judging.columns import Columns
from services.normalize.core.judging.context import Surroundings
from services.normalize.core.judging.photo_credits import has_photo_credit
from services.normalize.core.reading.blocks import PageBlock

AGO = re.compile(
    r"\b(?:ago|vor \d+|il y a|hace|temu|назад|таму|тому|prieš)\b|^\d{1,2}[:.]\d\d\b|^\d{1,2}\s\w{3,9}\s\d{4}$",
    re.I,
)
LONG = 100
FAR = 12

LINE_NAMES = (
    "no_blank_before", "one_blank_before", "more_blanks_before", "no_blank_after", "more_blanks_after", "indented", "bulleted",
    "log_chars_before", "log_chars_after", "sentence_before", "sentence_after", "bullet_before", "bullet_after", "said_again",
    "same_as_neighbour", "first_line", "time_ago", "long_run", "short_run", "against_mean", "long_near", "short_between_long",
    "section_prose_share", "section_log_lines", "section_mean", "before_first_long", "log_before_first_long", "title_case", "photo_credit",
)  # fmt: skip


def line_sections(blocks: Sequence[PageBlock]) -> list[int]:
    """The number of the section each line lies in; two blank lines begin a new one."""
    sections, number = [], 0
    for block in blocks:
        number += block.blank_lines >= 2
        sections.append(number)
    return sections


def line_columns(blocks: Sequence[PageBlock]) -> Columns:
    """Feature name → one number for each line."""
    rows = np.array(_line_rows(blocks), dtype=np.float64).reshape(len(blocks), len(LINE_NAMES))
    return {LINE_NAMES: rows.T}


def _line_rows(blocks: Sequence[PageBlock]) -> list[list[float]]:
    texts = [block.text for block in blocks]
    sizes = [len(text) for text in texts]
    spoken = Counter(texts)
    sections = line_sections(blocks)
    prose = [size if size >= LONG else 0 for size in sizes]
    total = sum(prose) or 1
    mean = total / max(1, sum(size >= LONG for size in sizes))
    in_section = [0] * (sections[-1] + 1 if sections else 0)
    lines_in = [0] * len(in_section)
    chars_in = [0] * len(in_section)
    for section, size, one in zip(sections, sizes, prose, strict=True):
        in_section[section] += one
        lines_in[section] += 1
        chars_in[section] += size
    first_long = next((at for at, size in enumerate(sizes) if size >= LONG), len(sizes))
    long_runs, short_runs = _runs(sizes)
    rows: list[list[float]] = []
    last = len(blocks) - 1
    for at, block in enumerate(blocks):
        text, size, section = texts[at], sizes[at], sections[at]
        before, after = texts[at - 1] if at else "", texts[at + 1] if at < last else ""
        gap, next_gap = block.blank_lines, blocks[at + 1].blank_lines if at < last else 3
        words = text.split()
        rows.append([
            gap == 0, gap == 1, gap >= 2, next_gap == 0, next_gap >= 2, min(8, block.indent) / 4, block.kind == "list_item",
            log1p(len(before)), log1p(len(after)), before[-1:] in ".!?\"”»" and before != "", after[-1:] in ".!?\"”»" and after != "",
            at > 0 and blocks[at - 1].kind == "list_item", at < last and blocks[at + 1].kind == "list_item",
            min(3, spoken[text] - 1), text in (before, after), at == 0, size < 60 and AGO.search(text) is not None,
            min(FAR, long_runs[at]) / 4, min(FAR, short_runs[at]) / 4, min(4.0, size / mean),
            sum(prose[max(0, at - 3) : at + 4]) / (sum(sizes[max(0, at - 3) : at + 4]) + 1),
            size < LONG and len(before) >= LONG and len(after) >= LONG,
            in_section[section] / total, log1p(lines_in[section]), min(5.0, chars_in[section] / lines_in[section] / 100),
            at < first_long, log1p(max(0, first_long - at)),
            sum(word[0].isupper() for word in words) / len(words), has_photo_credit(text),
        ])  # fmt: skip
    return rows


def _runs(sizes: list[int]) -> tuple[list[int], list[int]]:
    """How many long, and how many short lines stand together where each line stands."""
    long_runs, short_runs = [0] * len(sizes), [0] * len(sizes)
    start = 0
    for at in range(1, len(sizes) + 1):
        if at < len(sizes) and (sizes[at] >= LONG) == (sizes[start] >= LONG):
            continue
        runs = long_runs if sizes[start] >= LONG else short_runs
        runs[start:at] = [at - start] * (at - start)
        start = at
    return long_runs, short_runs


def line_surroundings(blocks: Sequence[PageBlock], sizes: Sequence[float]) -> Surroundings:
    """The dump as the second pass needs it: sections stand for containers, the way a line is set for its class path."""
    sections = line_sections(blocks)
    count, lines = (sections[-1] + 1 if sections else 0), np.arange(len(blocks))
    first_line = count + 1
    shapes = [
        4 * min(2, block.blank_lines) + 2 * (block.kind == "list_item") + (len(block.text) >= LONG)
        for block in blocks
    ]
    numbers, own = np.arange(count), np.array(sections, dtype=np.int64)
    return Surroundings(
        sizes=np.array(sizes, dtype=np.float64),
        shapes=np.array(shapes, dtype=np.int64),
        leaves=first_line + lines,
        parents=np.concatenate((np.zeros(first_line, dtype=np.int64), own + 1)),
        first=np.concatenate(([0], np.searchsorted(own, numbers), lines)),
        last=np.concatenate(([len(blocks)], np.searchsorted(own, numbers, "right"), lines + 1)),
    )

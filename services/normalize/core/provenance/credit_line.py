"""The credit line under an article: who reported, wrote, edited, and which agencies' material it holds."""

import re
from dataclasses import dataclass

from services.contracts.messages import Credit, CreditRole
from services.normalize.core.words.agencies import agency_named

ROLE_WORDS: tuple[tuple[CreditRole, str], ...] = (
    ("reporting", r"(?:additional |original )?report(?:ing|ed|er|s)?|with reporting"),
    ("writing", r"writ(?:ing|ten)|т[еэ]кст|tekst(?:as)?|автор(?:ка)?|аўтар(?:ка)?"),
    (
        "editing",
        r"(?:additional |final )?edit(?:ing|ed)|редактор(?:ка)?|рэдактар(?:ка)?|red(?:\.|akcja|aktor(?:ius)?)",
    ),
    ("photography", r"photo(?:s|graphy|graphs)?|фото|zdjęcia|nuotrauk(?:a|os)"),
    ("translation", r"translat(?:ion|ed)|перевод|перев[её]л[аи]?|пераклад|переклад|tłum(?:\.|aczenie)|vertė"),
    (
        "compiling",
        r"compil(?:ed|ing)|подготовил[аи]?|падрыхтава(?:ў|ла)|підготува(?:в|ла)|oprac(?:\.|owała?|owanie)|parengė",
    ),
)
"""Role → how the line names it; with a colon, with `by`, or the word alone before a name."""

MARK = re.compile(
    r"(?<!\w)(?:"
    + "|".join(rf"(?P<{role}>{words})" for role, words in ROLE_WORDS)
    + r")(?:\s?:|\s+by:?(?!\w)|(?-i:(?=\s+[А-ЯЁІЎЇЄŁŠŽĆŚŻA-Z])))\s*",
    re.IGNORECASE,
)
INPUTS = re.compile(
    r"\(?\s*(?P<how>with (?:additional )?(?:inputs?|files|material|information|contributions?|agency inputs?)(?: from| by)?|"
    r"mit material (?:von|der)|по материалам|паводле матэрыялаў|за матеріалами|na podstawie|pagal)\s+"
    r"(?P<who>[^()]{2,80}?)\.?\s*\)?\.?",
    re.IGNORECASE,
)
WIRE_FEED = re.compile(
    r"\(?\s*(?:this (?:story|article|report) (?:has (?:not )?been|is|was) [^()]{0,120}"
    r"(?:agency|wire|syndicated|auto-generated)[^()]{0,80})\)?\.?",
    re.IGNORECASE,
)
BEGINS = re.compile(
    r"\(?\s*(?:additional|original|with|final|report|writ|edit|photo|transl|compil|mit|this|т[еэ]кст|автор|аўтар|редактор|рэдактар|"
    r"фото|перев|переклад|пераклад|подготов|падрыхт|підгот|по материалам|паводле матэрыялаў|за матеріалами|tekst|red|"
    r"zdj|nuotr|tłum|vertė|oprac|parengė|na podstawie|pagal)",
    re.IGNORECASE,
)
"""A look at the first word: nearly every paragraph ends here, or at its first three letters already."""
FIRST_LETTERS = frozenset([
    "по ", "за ", "na ", "add", "ori", "wit", "fin", "rep", "wri", "edi", "pho", "tra", "com", "mit", "thi",
    "тек", "тэк", "авт", "аўт", "ред", "рэд", "фот", "пер", "под", "пад", "під", "пав", "tek", "red", "zdj",
    "nuo", "tłu", "ver", "opr", "par", "pag",
])  # fmt: skip
IN_PLACE = re.compile(r"\s+(?:in|at|from|в|у|ў|w|з)\s+[^\W\d_].*$")
AND = re.compile(r"\s*(?:,|;|&|\band\b|\bи\b|\bі\b|\bта\b|\boraz\b|\bir\b|\bi\b)\s*")
NAME = re.compile(r"[^\W\d_][\w.’'ʼ-]*(?:\s+(?:[^\W\d_][\w.’'ʼ-]*|\([^()]*\))){0,4}")
TAIL = re.compile(
    r"\(\s*(?:additional |original )?(?:reporting|writing|editing|compiled|written|reported) by [^()]{3,400}\)\.?\s*$",
    re.IGNORECASE,
)
LONGEST_LINE = 500


@dataclass(frozen=True)
class CreditLine:
    """A credit line as it stood, its credits, and what it says of other newsrooms' material.

    `inputs` are the words after "with inputs from"; `agency` the agency among them.
    """

    line: str
    credits: tuple[Credit, ...] = ()
    inputs: str | None = None
    agency: str | None = None


def read_credit_line(paragraph: str) -> CreditLine | None:
    """What `paragraph` says if the whole of it is a credit line, else None."""
    if not may_be_credit_line(paragraph):
        return None
    line = paragraph.strip()
    if len(line) > LONGEST_LINE or not BEGINS.match(line):
        return None
    inputs = INPUTS.fullmatch(line)
    if inputs:
        return CreditLine(line, inputs=inputs["who"].strip(), agency=agency_named(inputs["who"]))
    if WIRE_FEED.fullmatch(line):
        return CreditLine(line, inputs="a wire feed")
    credits = _read_credits(line)
    return CreditLine(line, credits) if credits else None


def may_be_credit_line(paragraph: str) -> bool:
    """Whether the length and the first three letters are those of a credit line."""
    return len(paragraph) <= 2 * LONGEST_LINE and paragraph.lstrip("( ")[:3].casefold() in FIRST_LETTERS


def split_credit_tail(paragraph: str) -> tuple[str, CreditLine | None]:
    """A paragraph parted from the bracketed credit line at its end."""
    hit = TAIL.search(paragraph) if paragraph.rstrip().endswith((")", ").")) else None
    tail = read_credit_line(hit[0]) if hit else None
    return (paragraph[: hit.start()].rstrip(), tail) if hit and tail else (paragraph, None)


def _read_credits(line: str) -> tuple[Credit, ...]:
    """All credits of a line made of nothing but role words and names; empty if anything else stands in it."""
    inner = line.strip(" ()[].")
    if MARK.match(inner) is None:
        return ()
    marks = list(MARK.finditer(inner))
    credits: list[Credit] = []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        names = inner[mark.end() : following.start() if following else len(inner)]
        found = _names_in(names)
        if found is None:
            return ()
        role = next(role for role, _ in ROLE_WORDS if role == mark.lastgroup)
        credits += [Credit(name=name, role=role) for name in found]
    return tuple(credits)


def _names_in(names: str) -> list[str] | None:
    """The names of a list such as `A B in Minsk, C D and E F;`; None if a part is no name."""
    parts = [IN_PLACE.sub("", part).strip(" .;") for part in AND.split(names.strip(" .;,"))]
    parts = [part for part in parts if part]
    if not parts or not all(NAME.fullmatch(part) and _is_capitalised(part) for part in parts):
        return None
    return parts


def _is_capitalised(name: str) -> bool:
    return all(word[0].isupper() or len(word) <= 3 for word in name.split())

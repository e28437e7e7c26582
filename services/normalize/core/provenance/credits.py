"""Who did what, by a credit line: words for the roles, and the names behind them."""

import re

from services.contracts.messages import Credit, CreditRole
from services.normalize.core.words.name_words import JOINING

ROLE_WORDS: tuple[tuple[CreditRole, str], ...] = (
    ("reporting", r"(?:additional |original )?report(?:ing|ed|er|s)?|with reporting"),
    ("writing", r"writ(?:ing|ten)|т[еэ]кст|te(?:ks|x)t(?:as|[eo])?|автор(?:ка)?|аўтар(?:ка)?"),
    (
        "editing",
        r"(?:additional |final )?edit(?:ing|ed)|редактор(?:ка)?|рэдактар(?:ка)?|red(?:\.|akcja|aktion|aktor(?:ius|ė)?|agavo)|edición",
    ),
    ("photography", r"photo(?:s|graphy|graphs)?|фот[оа]|fotos?|zdjęcia|nuotrauk(?:a|os)"),
    (
        "translation",
        r"translat(?:ion|ed(?: from(?: the)? \w+)?)|перевод|перев[её]л[аи]?|перакла(?:д|ла|ў)|перекла(?:д|ла|в)|tłum(?:\.|aczenie|aczyła?)|"
        r"przekład|przełożyła?|(?:iš)?vertė|vertimas|übersetzung|traducción|traduction",
    ),
    (
        "compiling",
        r"compil(?:ed|ing)|(?:(?:т[еэ]кст|матери[ая]л|матер[іи]ял|матэрыял|матеріал) )?(?:подготовил[аи]?|падрыхтава(?:ў|ла)|підготува(?:в|ла))|"
        r"oprac(?:\.|owała?|owanie)|parengė",
    ),
)
"""Role → how the line names it; with a colon, with `by`, or the word alone before a name."""

MARK = re.compile(
    r"(?<!\w)(?:"
    + "|".join(rf"(?P<{role}>{words})" for role, words in ROLE_WORDS)
    + r")(?:\s?:|\s+by:?(?!\w)|(?-i:(?=\s+[А-ЯЁІЎЇЄŁŠŽĆŚŻA-Z])))\s*",
    re.IGNORECASE,
)
ENGLISH = re.compile(
    r"(?:(?:additional|original|final|with) )?(?:report|writ|edit|photo|text|translat|compil)\w*"
)
"""English words of a role need a colon or `by`: "Report Error" is a button, "Writing Strategies" a heading."""

IN_PLACE = re.compile(r"\s+(?:in|at|from|в|у|ў|w|з)\s+[^\W\d_].*$")
AND = re.compile(rf"\s*(?:[,;&]|\b(?:{JOINING})\b)\s*")
NAME = re.compile(r"[^\W\d_][\w.’'ʼ-]*(?:\s+(?:[^\W\d_][\w.’'ʼ-]*|\([^()]*\))){0,4}")


def read_credits(line: str) -> tuple[Credit, ...]:
    """All credits of a line made of nothing but role words and names; empty if anything else stands in it."""
    inner = line.strip(" ()[].")
    if MARK.match(inner) is None:
        return ()
    marks = list(MARK.finditer(inner))
    if not all(map(_names_role, marks)):
        return ()
    credits: list[Credit] = []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        names = inner[mark.end() : following.start() if following else len(inner)]
        found = names_in(names)
        if found is None:
            return ()
        role = next(role for role, _ in ROLE_WORDS if role == mark.lastgroup)
        credits += [Credit(name=name, role=role) for name in found]
    return tuple(credits)


def _names_role(mark: re.Match[str]) -> bool:
    word = mark[0].strip().casefold()
    return word.endswith((":", "by")) or ENGLISH.fullmatch(word) is None


def names_in(names: str) -> list[str] | None:
    """The names of a list such as `A B in Minsk, C D and E F;`; None if a part is no name."""
    parts = [IN_PLACE.sub("", part).strip(" .;") for part in AND.split(names.strip(" .;,"))]
    parts = [part for part in parts if part]
    if not parts or not all(NAME.fullmatch(part) and _is_capitalised(part) for part in parts):
        return None
    return parts


def _is_capitalised(name: str) -> bool:
    return all(word[0].isupper() or len(word) <= 3 for word in name.split())

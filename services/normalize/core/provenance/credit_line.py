"""The credit line under an article: who reported, wrote, edited, and which agencies' material it holds."""

import re
from dataclasses import dataclass

from services.contracts.messages import Credit
from services.normalize.core.provenance.credits import names_in, read_credits
from services.normalize.core.provenance.material import Material, agency_at_end, read_material
from services.normalize.core.words.agencies import agency_named

CONTRIBUTED = re.compile(
    r"(?P<who>[A-ZÀ-Þ][^.!?]{2,200}(?:\b[A-Z]\.[^.!?]{2,80}){0,3}?) contributed(?: reporting)?(?: to this (?:report|story|article|post))?\W{0,3}$"
)
POSITION = re.compile(
    r"^(?:.{0,60}?\b(?:writers?|reporters?|researchers?|correspondents?|staff|producers?)|[A-Z]\w+[’']s)\s",
    re.IGNORECASE,
)
WIRE_FEED = re.compile(
    r"\(?\s*(?:this (?:story|article|report) (?:has (?:not )?been|is|was) [^()]{0,120}"
    r"\b(?:agency|wire|syndicated|auto-generated)\b[^()]{0,80})\)?\.?",
    re.IGNORECASE,
)
BEGINS = re.compile(
    r"\(?\s*(?:additional|original|with|final|report|writ|edit|photo|transl|compil|mit|this|т[еэ]кст|автор|аўтар|редактор|рэдактар|"
    r"фото|перев|переклад|пераклад|подготов|падрыхт|підгот|по материалам|паводле матэрыялаў|за матеріалами|tekst|red|"
    r"zdj|nuotr|tłum|vertė|oprac|parengė|na podst|pagal|remiantis|avec|con inf|с исп|по сообщ|паводле|матэр|матер|пера|прак|"
    r"fot|edici|redag|text|trad|übers|przek|przeł|išvert|vertim|source|источн|крыніц|джерел|źród|šaltin|quelle|fuente|(?:pap|dpa|afp|bns|elta)\b)",
    re.IGNORECASE,
)
"""A look at the first word: nearly every paragraph ends here, or at its first three letters already."""
FIRST_LETTERS = frozenset([
    "по ", "за ", "na ", "add", "ori", "wit", "fin", "rep", "wri", "edi", "pho", "tra", "com", "mit", "thi",
    "тек", "тэк", "авт", "аўт", "ред", "рэд", "фот", "пер", "под", "пад", "під", "пав", "tek", "red", "zdj",
    "nuo", "tłu", "ver", "opr", "par", "pag", "с и", "ave", "con", "fot", "tex", "übe", "prz", "išv", "rem", "мат",
    "sou", "ист", "кры", "дже", "źró", "šal", "que", "fue", "pap", "dpa", "afp", "bns", "elt",
])  # fmt: skip
TAIL = re.compile(
    r"\(\s*(?:additional |original )?(?:reporting|writing|editing|compiled|written|reported) by [^()]{3,400}\)\.?\s*$",
    re.IGNORECASE,
)
LONGEST_LINE = 500
LONGEST_SIGNATURE = 80


@dataclass(frozen=True)
class CreditLine:
    """A credit line as it stood, its credits, and what it says of other newsrooms' material.

    `inputs` are the words after "with inputs from"; `agency` the agency among them; `ends_article` says that the line
    means this only below the article.
    """

    line: str
    credits: tuple[Credit, ...] = ()
    inputs: str | None = None
    agency: str | None = None
    ends_article: bool = False


def read_credit_line(paragraph: str) -> CreditLine | None:
    """What `paragraph` says if the whole of it is a credit line, else None."""
    if not may_be_credit_line(paragraph):
        return None
    line = paragraph.strip()
    if len(line) > LONGEST_LINE or not BEGINS.match(line):
        return None
    material = read_material(line)
    if material is not None:
        return _credit_line_of(line, material)
    if WIRE_FEED.fullmatch(line):
        return CreditLine(line, inputs="a wire feed")
    credits = read_credits(line)
    return CreditLine(line, credits) if credits else None


def may_be_credit_line(paragraph: str) -> bool:
    """Whether the length and the first three letters are those of a credit line."""
    return len(paragraph) <= 2 * LONGEST_LINE and paragraph.lstrip("( ")[:3].casefold() in FIRST_LETTERS


def may_end_article(paragraph: str) -> bool:
    """Whether a last paragraph may say who else worked on the article, or sign it with an agency's name."""
    return "contributed" in paragraph[-60:] or (
        len(paragraph) <= LONGEST_SIGNATURE and paragraph.rstrip(".").endswith((")", "inf"))
    )


def read_last_line(paragraph: str) -> CreditLine | None:
    """As `read_credit_line`, of a last paragraph: "AP writer Anna Lee contributed to this report.", "rc/sms (AP)"."""
    line = paragraph.strip()
    hit = CONTRIBUTED.match(line)
    if hit is None:
        material = read_material(line)
        return _credit_line_of(line, material) if material else None
    names = names_in(POSITION.sub("", hit["who"]))
    if names is None:
        return None
    agency = next((found for name in names if (found := agency_named(name))), None)
    people = tuple(Credit(name=name, role="reporting") for name in names if agency_named(name) is None)
    return CreditLine(line, people, inputs=hit["who"] if agency else None, agency=agency)


def split_credit_tail(paragraph: str) -> tuple[str, CreditLine | None]:
    """A paragraph parted from the credit line or the agency's name in brackets at its end."""
    hit = TAIL.search(paragraph) if paragraph.rstrip().endswith((")", ").")) else None
    tail = read_credit_line(hit[0]) if hit else None
    if hit and tail:
        return paragraph[: hit.start()].rstrip(), tail
    signed = agency_at_end(paragraph)
    if signed is None:
        return paragraph, None
    at, agency = signed
    return paragraph[:at].rstrip(), CreditLine(paragraph[at:].strip(), agency=agency, ends_article=True)


def _credit_line_of(line: str, material: Material) -> CreditLine:
    inputs = material.who if material.is_rewritten else None
    return CreditLine(line, inputs=inputs, agency=material.agency, ends_article=material.ends_article)

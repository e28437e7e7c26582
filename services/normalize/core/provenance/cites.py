"""Whose reporting an article builds on: outlets that it names as its source."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from services.normalize.core.words.compiled_lines import LINES
from services.normalize.core.words.media_names import CITED
from services.normalize.core.words.plain_words import plain

CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "".join(map(chr, range(ord("А"), ord("Я") + 1))) + "ЁІЎЇЄŁ1"
FIRST_WORD = re.compile(rf"[{CAPITALS}][\w-]*")  # names begin with a capital; one with the figure 15
FORMS_OF_FIRST: dict[str, list[tuple[str, str]]] = {}
for _name, _forms in CITED.items():
    for _form in _forms:
        FORMS_OF_FIRST.setdefault(FIRST_WORD.findall(_form)[0], []).append((_name, _form))

BEFORE = re.compile(
    r"(?:according to|as (?:first )?(?:reported|cited) (?:by|in)|cited by|reported by|(?:an? |the |his |her |their )?(?:interview|report|article|story)s? (?:with|to|by|in|from|for|of)|"
    r"told|speaking to|quoted by|published (?:by|in)|citing|wrote (?:in|for)|по данным|по информации|пишет|пишут|написал[аио]?|сообщает|"
    r"сообщают|сообщил[аио]?|передает|передаёт|передал[аио]?|(?:в )?интервью|со ссылкой на|"
    r"паводле|піша|напіса(?:ла|лі|ў)|паведаміл[аі]?|паведамляе|перадае|са спасылкай на|за даними|пише|написа(?:ла|ли|в)|повідомляє|повідоми(?:ла|ли|в)|"
    r"передає|з посиланням на|"
    r"jak podał[ao]?|podał[ao]?|podaje|według|poinformował[ao]?|informuje|napisał[ao]?|jak pisze|w rozmowie z|praneša|pranešė|skelbia|paskelbė|anot|rašo|pasak|"
    r"laut|berichtete?t?|unter berufung auf|gegenüber|selon|d’après|rapporte|a rapporté|a révélé|según|informó|reveló|de acuerdo con)"
    r"\s+(?:[\w’'-]+\s+){0,5}[«\"“„']?(?:the\s|The\s)?$",
    re.IGNORECASE,
)
CUES = (
    "accord", "reported", "cited", "interview", "report", "article", "stor", "told", "speaking", "quoted", "published", "citing",
    "wrote", "данным", "информации", "пиш", "сообща", "сообщи", "переда", "интервью", "ссылкой", "паводле", "піша", "паведаміл",
    "спасылкай", "даними", "повідом", "посиланням", "podał", "podaje", "według", "poinformował", "pisze", "rozmowie", "praneš",
    "skelbia", "paskelbė", "anot", "rašo", "pasak", "laut", "berichte", "berufung", "gegenüber", "selon", "après", "rapport", "révélé", "según",
    "inform", "reveló", "acuerdo", "написа", "напіса", "napisał", "перадае", "паведамля",
)  # fmt: skip
"""A cheap look before the expression above, which tries itself at every place: no form of it lacks all of these."""

AFTER = re.compile(
    r"[»\"”“’']?(?:[,.]?['’]s)?\s*,?\s*(?:(?:has|had|also|first|earlier|later|на|в)\s)?(?:claimed|reported|reports|report|writes|wrote|said|says|noted|revealed|quoted|cited|"
    r"in an interview|interview|сообщ\w+|пиш\w+|написа\w+|піша|напіса\w+|паведам\w+|повідом\w+|podał\w*|podaje|pisze|informuje|napisał\w*|"
    r"praneša|pranešė|rašo|skelbia|duomenimis|teigimu|žiniomis|berichtet\w*|schreibt|zufolge|meldet\w*|rapporte|informó)(?!\w)",
    re.IGNORECASE,
)
TITLED = re.compile(r"\b[Aa]ccording to (?P<name>The(?: [A-Z][\w’'-]+){2,4})(?=[,.;:]| (?:which|that)\b)")
"""A capital article inside a sentence is how the title of a publication is set: "according to The Good Authority"."""
ACCORDING = re.compile("ccording to The ")  # found first: the expression above tries itself at every place
PUBLIC_BODIES = re.compile(
    r"^The (?:White House|United (?:States|Nations|Kingdom)|European|State Department|Kremlin)\b"
)
WINDOW_BEFORE, WINDOW_AFTER = 80, 40
SPAN = 60  # characters on either side that are shown as evidence; the longest name takes 40
MOST_PLACES = 60  # mentions of one outlet that are looked at; more say nothing new


@dataclass(frozen=True)
class Cite:
    """An outlet cited, how often, and where first; `span` is the words that showed it."""

    name: str
    times: int
    start: int
    span: str


def read_cites(text: str, own: frozenset[str]) -> list[Cite]:
    """The outlets whose reporting `text` names as its source, the well known ones first, each in order of appearance.

    `own` are the folded names of the page's outlet and agency: nobody cites oneself.
    """
    known = [cite for cite in _known(text) if plain(cite.name) not in own]
    names = {plain(cite.name) for cite in known} | own
    titled = [
        cite for cite in _titled(text) if plain(cite.name) not in names and not PUBLIC_BODIES.match(cite.name)
    ]
    return known + titled


def _known(text: str) -> list[Cite]:
    found: dict[str, Cite] = {}
    for first in first_words_in(text):
        for name, form in FORMS_OF_FIRST[first]:
            for at in islice(_places(form, text), MOST_PLACES):
                if _is_source(text, at, at + len(form)):
                    before = found.get(name)
                    start = min(at, before.start) if before else at
                    found[name] = Cite(name, before.times + 1 if before else 1, start, _span(text, start))
    return sorted(found.values(), key=lambda cite: cite.start)


def find_first_words(text: str) -> list[str]:
    """The first words of known names that stand in `text`, each once, in order."""
    return [word for word in dict.fromkeys(FIRST_WORD.findall(text)) if word in FORMS_OF_FIRST]


if LINES is not None:
    LINES.bind_names(tuple(FORMS_OF_FIRST), CAPITALS)

first_words_in: Callable[[str], list[str]] = find_first_words if LINES is None else LINES.names_in
"""As `find_first_words`, in C where it was built."""


def _places(form: str, text: str) -> Iterator[int]:
    """Where `form` stands as a word of its own."""
    at = text.find(form)
    while at >= 0:
        end = at + len(form)
        if not (at and (text[at - 1].isalnum() or text[at - 1] == "/")) and not text[end : end + 1].isalnum():
            yield at
        at = text.find(form, end)


def _is_source(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - WINDOW_BEFORE) : start]
    if AFTER.match(text, end, end + WINDOW_AFTER):
        return True
    low = before.lower()
    return any(cue in low for cue in CUES) and BEFORE.search(before) is not None


def _titled(text: str) -> list[Cite]:
    places = (hit.start() - 1 for hit in ACCORDING.finditer(text) if hit.start())
    hits = (TITLED.match(text, at) for at in places)
    return [Cite(hit["name"], 1, hit.start(), hit[0]) for hit in hits if hit]


def _span(text: str, start: int) -> str:
    """The words around a find, whole."""
    first, end = max(0, start - SPAN), start + SPAN
    around = text[first:end]
    around = around.partition(" ")[2] if first and not text[first - 1].isspace() else around
    return " ".join((around.rpartition(" ")[0] if text[end : end + 1].isalnum() else around).split())

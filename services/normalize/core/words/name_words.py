"""The words around names in bylines: what begins one, ends one, joins two, and what is no name."""

import re

from services.contracts.messages import AuthorRole
from services.normalize.core.words.agencies import AGENCY_FORMS
from services.normalize.core.words.caseless import Caseless
from services.normalize.core.words.media_names import CITED

WRITINGS = "words|story|text|review|reported|report|written|posted|published|authored|analysis|opinion|column|news|updated|guest post|post"
SAYS_BY = (
    r"by|von|door|av|af|от|par|por|autor(?:ka|es|en|in)?|author(?:\(?s\)?)?|reporter|автор(?:ка|ы|и)?|аўтар(?:ка)?|tekst|text(?=\s?:)|text[eo]|текст|тэкст|"
    r"rašo|parengė|autorius|autorė|oleh|penulis|написал[аи]?|подготовил[аи]?|redakcja|opracowanie|opracował[a]?|oprac\."
)
SAID_BY = Caseless.of(rf"^\W*(?:(?:{WRITINGS})\s+)?(?:{SAYS_BY})")
PREFIX = re.compile(
    rf"^\W*(?:(?:{WRITINGS})\s+)?(?:{SAYS_BY})(?:\s*:\s*|\s+|(?-i:(?=[A-Z][a-z])))", re.IGNORECASE
)
"""How a byline begins, and how far no case is told apart in that. `BySaima Sidik` happens where a page forgets the blank."""

STARTS = frozenset(word[:2] for word in f"{WRITINGS}|{SAYS_BY}".split("|"))


def says_by(text: str) -> bool:
    """Whether `text` begins as a byline does; nearly every line is told by its first two letters."""
    return may_say_by(text) and SAID_BY.match(text) is not None and PREFIX.match(text) is not None


def may_say_by(text: str) -> bool:
    """Whether the first two letters are those of a byline, or no letters."""
    start = text[:2]
    return not start.isalpha() or start.casefold() in STARTS


STOP = Caseless.of(
    r"\s*(?:\||•|·|\s[-–—/]\s|\(|@|https?:|\d|\b(?:published|updated|posted|created|modified|last|min read|comments?|follow|"
    r"twitter|share|as told to|is an?|has been|covers|опубликовано|обновлено|veröffentlicht|aktualisiert|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|special to|for)\b|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s?\d)"
)
PICTURES_BY = re.compile(
    r"[.,;]?\s?(?<!\w)(?:photos?|fotos?|bilder|фот[оа]|здымкі|zdjęcia|nuotraukos|video|видео|відэа|відео)\s?(?::|by\b|von\b)",
    re.IGNORECASE,
)
"""Who took the pictures follows: `Anna Lee. Photos: Tom Hill`."""

GLUED_DATE = re.compile(
    r"(?<=[a-z])(?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? ?\d|Published|Updated|Posted|Twitter|Staff|Writer|Reporter|Correspondent|Editor|Columnist|archive page)"
)
MAY_BE_GLUED = re.compile("[a-z][JFMASONDPUTWRCE]")
"""A cheap look before the expression above, which tries itself at every place; it also knows `archive page`."""

JOINING = "and|und|et|y|e|og|och|en|и|і|й|та|i|oraz|ir"
BETWEEN = re.compile(rf"\s*(?:[,;&]|(?<!RFE)/|\b(?:{JOINING})\b)\s*")
BETWEEN_SIGNS = re.compile("[,;/&]")
BETWEEN_WORDS = frozenset(JOINING.split("|"))
"""A cheap look before the expression above, which tries itself at every place."""

PARTICLES = frozenset(
    "de del della di da do dos das du la le les los van von der den ter ten bin ibn al el ul e y i abu zu zur vom af av san st".split()  # noqa: SIM905
)
NAME_WORD = re.compile(r"[^\W\d_][\w./'’ʼ‘`-]*")
ROLE_OF_WORD: dict[str, AuthorRole] = {
    "editor": "editor", "redakteur": "editor", "redakteurin": "editor", "редактор": "editor",
    "reporter": "reporter", "correspondent": "reporter", "journalist": "reporter", "korrespondent": "reporter",
    "корреспондент": "reporter", "корреспондентка": "reporter", "кореспондент": "reporter", "кореспондентка": "reporter",
    "карэспандэнт": "reporter", "карэспандэнтка": "reporter", "журналист": "reporter", "журналистка": "reporter",
    "журналіст": "reporter", "журналістка": "reporter", "рэдактар": "editor", "рэдактарка": "editor", "редакторка": "editor",
    "korespondent": "reporter", "korespondentka": "reporter", "dziennikarz": "reporter", "dziennikarka": "reporter",
    "redaktor": "editor", "redaktorka": "editor", "korespondentas": "reporter", "korespondentė": "reporter",
    "žurnalistas": "reporter", "žurnalistė": "reporter", "redaktorius": "editor", "redaktorė": "editor",
    "correspondant": "reporter", "correspondante": "reporter", "journaliste": "reporter", "corresponsal": "reporter",
    "periodista": "reporter", "columnist": "writer", "writer": "writer", "contributor": "contributor",
    "contributing": "contributor", "photographer": "photographer", "translator": "translator",
}  # fmt: skip
DESK = Caseless.of(
    r"(?<!\w)(?:desk|staff|newsroom|editors?|editorial|team|news|media|agency|agencies|wire|redaktion|redakcja|redakcija|редакция|"
    r"рэдакцыя|редакція|redazione|rédaction|redacción|reporters?|admin|correspondent|служба)(?!\w)"
)
TITLE_WORD = Caseless.of(
    r"(?<!\w)(?:senior|junior|chief|political|deputy|managing|associate|assistant|executive|staff|city|money|business|news|"
    r"reporter|editor|writer|columnist|correspondent|contributor|journalist|redakteur(?:in)?|producer|analyst|fellow|"
    r"professor|director|officer|journalistin|reporterin|volontär(?:in)?|autor(?:in)?|freelance|guest|sponsored)(?!\w)"
)
FOREIGN_TITLE = re.compile(
    r"(?<!\w)(?:корр?еспондент(?:ка)?|журналист(?:ка)?|обозреватель|редактор(?:ка)?|карэспандэнт(?:ка)?|журналіст(?:ка)?|рэдактар(?:ка)?|"
    r"dziennikar(?:z|ka)|korespondent(?:ka|as|ė)?|redaktor(?:ka|ius|ė)?|žurnalist(?:as|ė)|journaliste|correspondante?|rédact(?:eur|rice)|"
    r"periodista|corresponsal|redactora?)(?!\w)",
    re.IGNORECASE,
)
"""Titles that stand behind a comma alone; names do not end in them."""

NOT_NAMES = frozenset(
    [
        "share",
        "tweet",
        "email",
        "print",
        "comments",
        "comment",
        "read",
        "more",
        "save",
        "subscribe",
        "advertisement",
        "photo",
        "image",
        "video",
        "credit",
        "source",
        "menu",
        "search",
        "home",
        "login",
        "sign",
        "newsletter",
        "presented",
        "sponsored",
        "opinion",
        "follow",
        "facebook",
        "twitter",
        "whatsapp",
        "telegram",
        "updated",
        "published",
        "written",
        "contributions",
        "from",
        "the",
        "author",
        "authors",
        "about",
        "related",
        "listen",
        "by",
    ]
)
LONGEST_NAME, MOST_NAMES = 60, 12
HOST = re.compile(
    r"\w\.(?:com|net|org|de|ru|by|ua|pl|lt|is|info|co|ch|at|fr|es|it|uk|tv|news)\b", re.IGNORECASE
)
NEWSROOMS = frozenset(form for forms in (*CITED.values(), *AGENCY_FORMS.values()) for form in forms) | {
    "The Associated Press"
}

"""Labels a page puts on its own article: pictures or text made by a machine, and a paywall."""

import re
from collections.abc import Mapping, Sequence

from services.contracts.messages import Label
from services.normalize.core.metadata.article_object import JsonObject
from services.normalize.core.reading.page import Page

MACHINE = r"(?:\bAI\b|artificial intelligence|ИИ|нейросет\w*|искусственн\w+ интеллект\w*|штучн\w+ інтелект\w*|штучн\w+ інтэлект\w*|sztuczn\w+ inteligencj\w*|dirbtin\w+ intelekt\w*|\bKI\b|\bIA\b)"
MADE = r"(?:generated|created|made|produced|written|assisted|translated|созда\w+|сгенерирова\w+|згенерован\w*|створен\w*|створан\w*|н[аa]п[иі]сан\w*|переведен\w*|згенераван\w*|napisan\w*|parašyt\w*|geschrieben|verfasst|wygenerowan\w*|stworzon\w*|sukurt\w*|sugeneruot\w*|generiert|erstellt|générée?|generad[oa])"
PICTURE = re.compile(
    r"\b(?:image|picture|photo|illustration|visual|graphic)s?\b|изображени|иллюстраци|картинк|зображенн|выява|ілюстрац|obraz|ilustracj|"
    r"zdjęci|nuotrauk|iliustracij|paveiksl|\bbild\b|\bbilder\b|imagen?\b",
    re.IGNORECASE,
)
TEXT = re.compile(
    r"\b(?:article|story|text|report|content|summary)\b|стать|т[еэ]кст|матэрыял|матеріал|материал|артыкул|artykuł|tekst|straipsn|artikel|texte?\b",
    re.IGNORECASE,
)
NOTICE = re.compile(
    rf"{MACHINE}[\s-]{{1,2}}{MADE}|{MADE}[^.!?]{{0,40}}{MACHINE}|{MACHINE}[^.!?]{{0,15}}{MADE}", re.IGNORECASE
)
OF_ITSELF = re.compile(
    r"^\W*(?:this|the (?:above|image|picture|photo|article|text)|(?:image|photo|picture|illustration|text|article|summary|content)s?\b|"
    r"эт[оаи]\w*|гэт\w+|ц[еяі]\w*|ten|t[ao]|šis|ši|dies\w*|cette|ce|est[ae]|AI[\s-]generated\s(?:image|picture|photo|illustration|text|article|content)|изображение|иллюстрация|фото|зображення|ілюстрація|"
    r"выява|obraz|ilustracja|zdjęcie|nuotrauka|iliustracija|bild)(?!\w)",
    re.IGNORECASE,
)
"""A notice speaks of the page it stands on; a sentence of a report about machines rarely begins so and names what was made."""
CUES = ("rtificial", "ИИ", "ейросет", "скусственн", "тучн", "ztuczn", "irbtin")
SHORT_CUES = tuple((name, re.compile(rf"{name}\b")) for name in ("AI", "KI", "IA"))
LONGEST_NOTICE = 400


def read_labels(page: Page, articles: Sequence[JsonObject], notices: Sequence[str]) -> tuple[Label, ...]:
    """The labels of a page; `notices` are its blocks that are notices (`is_machine_notice`).

    A report about artificial intelligence is not labelled: the notice must say what was made by it.
    """
    found = {label for text in notices for label in _labels_of_notice(text)}
    if _is_paywalled(page, articles):
        found.add("paywalled")
    return tuple(sorted(found))


def speaks_of_machines(text: str) -> bool:
    """A cheap look at a whole page: whether any of it can be such a notice."""
    return any(cue in text for cue in CUES) or any(
        name in text and whole_word.search(text) for name, whole_word in SHORT_CUES
    )


def is_machine_notice(text: str) -> bool:
    """Whether a block is a notice that a machine made the page's pictures or its text."""
    if len(text) > LONGEST_NOTICE or not speaks_of_machines(text):
        return False
    return bool(OF_ITSELF.match(text)) and bool(_labels_of_notice(text)) and bool(NOTICE.search(text))


def _labels_of_notice(text: str) -> set[Label]:
    """A notice speaks of itself: "this image", "image:", not of images in general."""
    if PICTURE.search(text):
        return {"ai_image"}
    return {"ai_text"} if TEXT.search(text) else set()


def _is_paywalled(page: Page, articles: Sequence[JsonObject]) -> bool:
    for one in articles:
        parts = one.get("hasPart")
        objects = [one, *(parts if isinstance(parts, list) else [parts])]
        if any(isinstance(part, Mapping) and _is_closed(part) for part in objects):
            return True
    tier = page.metas.get("article:content_tier", "").lower()
    return tier in {"locked", "paid", "premium"}


def _is_closed(part: JsonObject) -> bool:
    """schema.org has the boolean, half of the pages write it as a word; a wall that asks for an address only is no paywall."""
    of_mail = "mail" in str(part.get("cssSelector", "")).lower()
    return str(part.get("isAccessibleForFree", "")).lower() == "false" and not of_mail

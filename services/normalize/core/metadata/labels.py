"""Labels a page puts on its own article: pictures or text made by a machine, and a paywall."""

import re
from collections.abc import Mapping, Sequence

from services.contracts.messages import Label
from services.normalize.core.metadata.article_object import JsonObject
from services.normalize.core.reading.page import Page

MACHINE = (
    r"(?:(?-i:\b(?:AI|KI|IA|DI|ИИ|ШІ)\b)|artificial intelligence|нейросет\w*|искусственн\w+ интеллект\w*|нейромереж\w*|нейрасетк\w*|"
    r"штучн\w+ інтелект\w*|штучн\w+ інтэлект\w*|sztuczn\w+ inteligencj\w*|dirbtin\w+ intelekt\w*|künstlich\w* intelligenz|"
    r"intelligence artificielle|inteligencia artificial|midjourney|chatgpt)"
)
MADE = (
    r"(?:generated|created|made|produced|written|assisted|translated|созда\w+|сгенерирова\w+|сдела\w+|выполнен\w*|переве?д[её]н\w*|"
    r"згенерован\w*|створ\w+|перекладен\w*|н[аa]п[иі]сан\w*|згенераван\w*|перакладзен\w*|зроблен\w*|napisan\w*|wygenerowan\w*|"
    r"stworzon\w*|przetłumaczon\w*|przygotowan\w*|parašyt\w*|sukurt\w*|sugeneruot\w*|išverst\w*|parengt\w*|geschrieben|verfasst|"
    r"generiert\w*|erstellt|erzeugt|übersetzt|générée?|créée?|rédigée?|traduite?|generad[oa]|cread[oa]|escrit[oa]|traducid[oa])"
)
PICTURE = re.compile(
    r"\b(?:image|picture|photo|illustration|visual|graphic)s?\b|изображени|иллюстрац|картинк|\bфот[оа]|зображенн|выява|здымак|ілюстрац|"
    r"obraz|ilustracj|grafik|zdjęci|nuotrauk|iliustracij|paveiksl|\b(?:symbol)?bild(?:er)?\b|\bfoto\b|imagen?\b|ilustración",
    re.IGNORECASE,
)
TEXT = re.compile(
    r"\b(?:article|story|text|report|content|summary|translation)\b|стать|стаття|т[еэ]кст|матэрыял|матеріал|материал|артыкул|п[еа]р[еа]вод|"
    r"п[еа]р[еа]клад|artykuł|tekst|tłumaczeni|przekład|straipsn|vertim|artikel|übersetzung|texto?e?\b|traduc",
    re.IGNORECASE,
)
NOTICE = re.compile(
    rf"{MACHINE}[\s-]{{1,2}}{MADE}|{MADE}[^.!?]{{0,40}}{MACHINE}|{MACHINE}[^.!?]{{0,15}}{MADE}|"
    rf"^\W*\w+\s?:\s*{MACHINE}(?:\s*[/,(|].*)?\W*$",
    re.IGNORECASE,
)
OF_ITSELF = re.compile(
    r"^\W*(?:this|the (?:above|image|picture|photo|article|text)|"
    r"эт[оаи]\w*|гэт\w+|ц[еяі]\w*|ten|t[ao]|šis|ši|dies\w*|cette|cet?|est[ae])(?!\w)",
    re.IGNORECASE,
)
NOUN = (
    r"(?:(?:image|photo|picture|illustration|text|article|summary|content|graphic|translation)s?|"
    r"изображени[ея]|иллюстраци[яи]|картинка|фото|текст|статья|перевод|зображення|ілюстраці[яї]|переклад|"
    r"выява|ілюстрацы[яі]|здымак|тэкст|пераклад|obraz|ilustracj[ae]|zdjęci[ea]|grafika|tekst|tłumaczenie|przekład|nuotrauk[ao]s?|"
    r"iliustracij[ao]s?|tekstas|straipsnis|vertimas|(?:symbol)?bild(?:er)?|foto|grafik|übersetzung|texte|traduction|imagen|ilustración|"
    r"texto|traducción|artículo)"
)
BARE = re.compile(
    rf"^\W*(?:{NOUN}(?:\s?:|(?:\s(?:was|were|is|are|был[аои]?|бул[аои]|была|został[aoy]?|wurden?|yra|est|a été|fue|ha sido)){{0,2}}\s{MADE})|"
    rf"(?-i:AI|KI|DI|IA|ШІ|ИИ)[\s-]{MADE}\s{NOUN}(?=\W*$|\s?[:/(|]|\s(?:of|by)\b))(?!\w)",
    re.IGNORECASE,
)
"""A notice speaks of the page it stands on; a sentence of a report about machines rarely begins so and names what was made.
Without "this" it is a line that goes on with what was done, or with a colon."""

CUES = (
    "rtific", "ИИ", "ейро", "ейрасет", "скусственн", "тучн", "ztuczn", "irbtin", "ünstlich", "idjourney", "hatGPT", "ШІ",
)  # fmt: skip
SHORT_CUES = tuple((name, re.compile(rf"{name}\b")) for name in ("AI", "KI", "IA", "DI"))
LONGEST_BARE = 120
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
    speaks_of_itself = OF_ITSELF.match(text) or (len(text) <= LONGEST_BARE and BARE.match(text))
    return bool(speaks_of_itself) and bool(_labels_of_notice(text)) and bool(NOTICE.search(text))


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

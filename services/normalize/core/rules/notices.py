"""Notes to the reader that stand among the paragraphs: appeals, sign-up boxes, cookies, paywalls, notes on pictures."""

import re

from services.normalize.core.draft import Draft

NOTICE_CHARS = 450

NOTICES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "note on an AI image",
        re.compile(
            r"(?:image|picture|photo|illustration|visual)\b.{0,40}\b(?:ai[- ]generated|generated (?:by|with|using) (?:ai|artificial)|"
            r"created (?:by|with|using) (?:ai|artificial))|ai[- ]generated (?:image|picture|illustration)|"
            r"(?:изображение|картинка|иллюстрация).{0,40}(?:сгенерирован|создан[ао]?).{0,20}(?:ии|нейросет|искусственн)|"
            r"(?:выява|малюнак).{0,40}(?:згенеравана|створана).{0,20}(?:ші|нейрасет|штучн)|"
            r"(?:зображення).{0,40}(?:згенерован|створен).{0,20}(?:ші|нейромереж|штучн)|"
            r"(?:obraz|grafika|zdjęcie|ilustracja).{0,40}(?:wygenerowan|stworzon).{0,20}(?:ai|sztuczn)|"
            r"(?:bild|foto|illustration).{0,40}(?:ki|künstlich\w*).{0,20}(?:generiert|erstellt|erzeugt)",
            re.I,
        ),
    ),
)


def cut_notices(draft: Draft) -> None:
    """Short paragraphs that speak of the page, not of the news."""
    blocks = draft.scored.page.blocks
    for at in draft.kept_places():
        text = blocks[at].text
        if len(text) > NOTICE_CHARS:
            continue
        for reason, pattern in NOTICES:
            if pattern.search(text):
                draft.cut(at, "notices", reason)

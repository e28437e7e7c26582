"""Whether what was kept is an article: too short, a consent wall, a block page or a page that says it is not there."""

import re

from services.normalize.core.page import Page
from services.normalize.core.rejections import Rejection, RejectionReason

FEWEST_WORDS = 12  # the shortest real notes in the data hold 20; a headline alone holds up to 12
FEW_WORDS = 120  # a wall or an error page says little; an article that mentions one says more
NOT_THERE = re.compile(
    r"\b404\b|page (?:not found|cannot be found|doesn.t exist)|not found$|страница не найдена|старонка не знойдзена|"
    r"сторінк[уа] не знайдено|nie znaleziono|strona nie istnieje|puslapis nerastas|seite (?:wurde )?nicht gefunden|page introuvable|"
    r"página no encontrada|article (?:is )?no longer available|has been (?:removed|deleted)",
    re.IGNORECASE,
)
BLOCKED = re.compile(
    r"just a moment|attention required|access denied|are you (?:a )?(?:human|robot)|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"enable javascript and cookies|captcha|ddos[- ]guard|unusual traffic|request blocked|403 forbidden|проверка браузера|"
    r"вы не робот|доступ ограничен|доступ запрещ",
    re.IGNORECASE,
)
CONSENT = re.compile(
    r"before you continue|we value your privacy|accept (?:all )?cookies|manage (?:your )?(?:consent|cookies)|cookie settings|"
    r"your privacy choices|согласие на обработку|wir (?:und unsere partner )?(?:verwenden|nutzen) cookies|zgod[ay] na|slapukai",
    re.IGNORECASE,
)
WALLS: tuple[tuple[RejectionReason, re.Pattern[str]], ...] = (
    ("block page", BLOCKED),
    ("soft 404", NOT_THERE),
    ("consent wall", CONSENT),
)


def refuse(page: Page, title: str | None, text: str) -> Rejection | None:
    """Why a page's kept text is no article, or None if it may be one."""
    words = len(text.split()) or 0
    letters = sum(map(str.isalpha, text[:400]))
    if words < FEW_WORDS and letters < FEW_WORDS * 6:
        shown = f"{page.title_tag or title or ''}\n{text or _whole(page)}"[:4000]
        for reason, wall in WALLS:
            hit = wall.search(shown)
            if hit and (reason != "consent wall" or words < FEWEST_WORDS * 4):
                return Rejection(reason, f"the page says {hit[0]!r} and holds {words} words of text")
    if words < FEWEST_WORDS and letters < FEWEST_WORDS * 4:
        return Rejection(
            "too short",
            f"{words} words were left of {len(page.blocks)} blocks; at least {FEWEST_WORDS} are needed",
        )
    return None


def _whole(page: Page) -> str:
    return "\n".join(block.text for block in page.blocks[:60])

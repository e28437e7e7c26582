"""Whether what was kept is an article: too short, a consent wall, a block page or a page that says it is not there."""

import re

from services.normalize.core.reading.page import Page
from services.normalize.core.rejections import Rejection, RejectionReason
from services.normalize.core.words.plain_words import count_words

FEWEST_WORDS = 12  # the shortest real notes in the data hold 20; a headline alone holds up to 12
FEW_WORDS = 120  # a wall or an error page says little; an article that mentions one says more
WALL_CHARS = 1500  # such pages say what they are at once
SIZED_CHARS = 2000
NOT_THERE = re.compile(
    r"\b(?:error|fehler|erreur|ошибка|памылка|помилка|błąd|klaida)\W{1,3}404\b|\b404\W{1,3}(?:error|not found|page)|^\W*404\W*$|page (?:not found|cannot be found|doesn.t exist)|not found$|страница не найдена|старонка не знойдзена|"
    r"сторінк[уа] не знайдено|nie znaleziono|strona nie istnieje|puslapis nerastas|seite (?:wurde )?nicht gefunden|page introuvable|"
    r"página no encontrada|article (?:is )?no longer available|(?:page|article) has been (?:removed|deleted)",
    re.IGNORECASE | re.MULTILINE,
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
    size = _size_of(text)
    if size < FEW_WORDS:
        head = f"{page.title_tag or title or ''}\n{text or _whole(page)}"[:WALL_CHARS]
        for reason, wall in WALLS:
            hit = wall.search(head)
            if hit:
                return Rejection(reason, f"the page says {hit[0]!r} and holds about {size} words of text")
    if size < FEWEST_WORDS:
        found = f"{size} words were left of {len(page.blocks)} blocks; at least {FEWEST_WORDS} are needed"
        return Rejection("too short", found)
    return None


def _size_of(text: str) -> int:
    """Words of the text's beginning; where a script has no blanks between them, two signs count as one."""
    words = count_words(text[: 10 * FEW_WORDS])  # as a rule these are enough
    if words < FEW_WORDS:
        words = count_words(text[: 2 * SIZED_CHARS])
    if words >= FEW_WORDS or text.isascii() or not _is_dense(text):
        return words
    return max(words, sum(map(str.isalpha, text[:SIZED_CHARS])) // 2)


def _is_dense(text: str) -> bool:
    sample = text[:SIZED_CHARS]
    return sample.count(" ") < len(sample) / 30


def _whole(page: Page) -> str:
    return "\n".join(block.text for block in page.blocks[:60])

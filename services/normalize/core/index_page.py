"""Whether a page lists articles rather than being one: then its best text is a handful of teasers."""

from services.normalize.core.judging.keep import JudgedBlock
from services.normalize.core.judging.page_hints import article_object
from services.normalize.core.reading.page import Page
from services.normalize.core.rejections import Rejection

SCATTERED = 0.4  # no container of an index holds this share of what was kept; an article's body holds more
FEWEST = 2


def refuse_index(page: Page, judged: tuple[JudgedBlock, ...]) -> Rejection | None:
    """A Rejection if nothing on the page is likelier text than not, what is likeliest lies scattered, and no markup
    calls the page an article.

    Needed for the front pages of a news site's sections: one teaser of each of ten boxes is no article.
    """
    if page.kind != "html" or any(one.kept and (one.score is None or one.score > 0) for one in judged):
        return None
    kept = [one for one in judged if one.kept]
    if len(kept) < FEWEST or _says_article(page):
        return None
    chars: dict[int, int] = {}
    for one in kept:
        parent = one.block.element.parent or one.block.element
        chars[parent.index] = chars.get(parent.index, 0) + len(one.block.text)
    if max(chars.values()) >= SCATTERED * sum(chars.values()):
        return None
    return Rejection(
        "not an article", f"a list of teasers: {len(kept)} short texts in {len(chars)} places, none likely"
    )


def _says_article(page: Page) -> bool:
    return page.metas.get("og:type", "").lower() == "article" or bool(article_object(page.json_ld))

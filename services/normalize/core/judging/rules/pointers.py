"""Lines in the text that point to another article: "Read also: …"."""

import re

from services.normalize.core.judging.draft import Draft
from services.normalize.core.words.phrases import POINTER as MAY_POINT

POINTER_CHARS = 220
POINTER = re.compile(
    r"\W*(?:read (?:more|also|next|the full \w+)|also read|see also|related(?: (?:articles?|stories|story|posts?|news|content|links?|reading|video))?|"
    r"more (?:on this|stories|from|like this)|recommended|most read|watch(?: (?:now|more|also|below))?|listen(?: now)?|don.t miss|"
    r"lesen sie (?:auch|hier|mehr)|mehr zum thema|siehe auch|auch interessant|lesetipp|"
    r"читайте(?: также| ещё| еще| подробнее| в сюжете)?|читать (?:также|далее|ещё|еще)|смотрите также|см\. также|по теме|(?:ссылки|материалы|новости|статьи) по теме|"
    r"подробнее|чытайце(?: таксама)?|глядзіце таксама|па тэме|читайте також|дивіться також|за темою|"
    r"czytaj (?:też|także|również|więcej)|zobacz (?:też|także|również)|przeczytaj(?: też| także| również)?|"
    r"(?:taip pat )?skaitykite(?: taip pat| daugiau)?|taip pat žiūrėkite|"
    r"lire (?:aussi|également|la suite)|à lire(?: aussi| également)?|voir aussi|sur le même sujet|"
    r"lea también|lee también|leer más|te puede interesar|ver también|leia (?:também|mais)|veja também|baca juga|baca selengkapnya)"
    r"\s*(?:[:：›»>|–—-]|$)"
)
"""For text in lower case; what it can begin with stands in `phrases.POINTER_BEGINNINGS`."""


def cut_pointers(draft: Draft) -> None:
    """Cut a short paragraph that begins like "Read also:" or is nothing but that.

    Needed for pages whose paragraphs alternate with links to other articles of the site.
    """
    blocks, begins = draft.scored.page.blocks, draft.scored.facts.begins.tolist()
    for at in draft.kept_places():
        if not begins[at] & MAY_POINT:
            continue
        text = blocks[at].text
        if len(text) <= POINTER_CHARS and POINTER.match(text.lower()):
            draft.cut(at, "pointers", "pointer to another article")

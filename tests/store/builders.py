"""Articles for the store's tests: every argument optional, texts with words enough to be compared."""

import random
from datetime import UTC, datetime, timedelta

from services.contracts.identities import canonical_url, fetch_id_of, page_hash_of
from services.contracts.messages import ArticleDate, Block, NormalizedArticle, Quality, Source

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def make_text(seed: int, words: int = 120) -> str:
    """A text of its own for each seed: three paragraphs of made-up words."""
    rng = random.Random(seed)
    made = ["".join(rng.choices("bcdfghklmnprstvz", k=3)) + rng.choice(["a", "e", "o"]) for _ in range(words)]
    third = max(words // 3, 1)
    return "\n\n".join(
        " ".join(made[start : start + third]).capitalize() + "." for start in range(0, words, third)
    )


def make_article(
    url: str = "https://one.example/a",
    text: str | None = None,
    *,
    title: str | None = "Talks resume in Minsk after a long winter",
    outlet: str | None = None,
    minutes: float = 0,
    published: str | None = None,
    page: str | None = None,
    engine: str = "1",
    template: str | None = None,
    language: str | None = "en",
    seed: int = 1,
) -> NormalizedArticle:
    """A message as normalize writes it; `minutes` after noon is when it was fetched."""
    text = make_text(seed) if text is None else text
    fetched_at = NOON + timedelta(minutes=minutes)
    page_hash = page_hash_of((page or f"{title}{text}").encode("utf-8", "surrogatepass"))
    return NormalizedArticle(
        fetch_id=fetch_id_of(url, fetched_at, page_hash),
        page_hash=page_hash,
        fetched_at=fetched_at,
        engine=engine,
        template=template,
        source=Source(name=f"{outlet} feed", outlet=outlet) if outlet else None,
        url=url,
        canonical_url=canonical_url(url),
        title=title,
        text=text,
        published=ArticleDate(value=published, precision="minute") if published else None,
        language=language,
        quality=Quality(score=0.9, words=len(text.split()), kept_share=0.8),
        ledger=(
            Block(text="Read also", kept=False, reason="a list of links"),
            Block(text="Body", kept=True, reason="prose"),
        ),
    )

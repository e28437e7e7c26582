"""What the archive has of a fetched page."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, select

from services.contracts.identities import article_id_of, canonical_url
from services.contracts.messages import NormalizedArticle, RawArticle
from services.store.claim.record import unpack
from services.store.database.schema import article, revision


@dataclass(frozen=True)
class Archived:
    """`article` is the state that came from this very fetch; None where a later fetch holds now."""

    article: NormalizedArticle | None


def archived_of(connection: Connection, raw: RawArticle) -> Archived | None:
    """What stands in the archive for a fetch; None for a page that never became an article (or was withdrawn)."""
    its_page = and_(article.c.fetched_at == raw.fetched_at, article.c.page_hash == raw.page_hash)
    statement = (
        select(article.c.fetched_at, article.c.page_hash, article.c.withdrawn_at, revision.c.body)
        .join(
            revision,
            and_(revision.c.number == article.c.number, revision.c.revision == article.c.revision),
            isouter=True,
        )
        .where(or_(article.c.article_id == article_id_of(canonical_url(raw.final_url)), its_page))
    )
    rows = connection.execute(statement).all()
    for row in rows:
        if (row.fetched_at, row.page_hash) == (raw.fetched_at, raw.page_hash) and row.withdrawn_at is None:
            return Archived(NormalizedArticle.model_validate_json(unpack(row.body)) if row.body else None)
    return Archived(None) if rows else None

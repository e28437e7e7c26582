"""Full-text search over titles and texts, stemmed per language by ourselves, so that both databases find the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, text

from ..core.licence import licensed_text
from ..core.stories.terms import STEMMED, stem_of, stems_of
from ..database.opening import Database
from ..database.schema import article, article_group, search_queue
from ..database.statements import among, is_postgres, listed
from .licences import licences_of

INDEXED_AT_ONCE = 25  # in one transaction: a claim waits for it some ten milliseconds
LONGEST_INDEXED = 200_000  # characters; a tsvector ends at 1 MB
PHRASE = re.compile(r'"([^"]*)"|(\S+)')
MOST_PARTS = 20
LANGUAGES = (*STEMMED, "")
SNIPPET_CHARS = 240

DELETE = text("DELETE FROM search_text WHERE number = :number")
INSERT = text(
    "INSERT INTO search_text (number, document) VALUES (:number, "
    "setweight(to_tsvector('simple', :title), 'A') || setweight(to_tsvector('simple', :body), 'D'))"
)
DELETE_FTS = text("DELETE FROM search_text WHERE rowid = :number")
INSERT_FTS = text("INSERT INTO search_text (rowid, title, body) VALUES (:number, :title, :body)")
FIND_FTS = text(
    "SELECT rowid AS number, -bm25(search_text, 4.0, 1.0) AS score FROM search_text "
    "WHERE search_text MATCH :query ORDER BY score DESC, rowid DESC LIMIT :limit"
)


@dataclass(frozen=True)
class Hit:
    """One article found; `snippet` is the first paragraph that holds a word of the query, as far as it may be shown."""

    article_id: str
    canonical_id: str
    title: str | None
    outlet: str
    url: str
    published_at: datetime | None
    fetched_at: datetime
    score: float
    snippet: str


class QueryError(ValueError):
    """A search without a word in it."""


async def index_waiting(database: Database) -> int:
    """Index up to 25 articles whose text is new; returns how many. Raises RetryLater."""
    return await database.write(_index_some)


async def search_articles(database: Database, query: str, *, limit: int = 20) -> list[Hit]:
    """The articles that hold all words of `query` in any of their forms; "words in quotes" stand together.

    Anything may stand in the query: it is never syntax. Raises QueryError where no word is in it, RetryLater.
    """
    parts = query_parts(query)
    if not parts:
        raise QueryError(
            f"nothing to search for in {query!r}: at least one word of two letters that is no stop word"
        )
    return await database.read(lambda connection: _hits(connection, parts, limit))


def query_parts(query: str) -> list[tuple[tuple[str, ...], ...]]:
    """The query as parts that must all match; each part is the stems of its words in one language or another."""
    parts = []
    for quoted, word in PHRASE.findall(query)[:MOST_PARTS]:
        forms = {tuple(_tokens(quoted or word, language).split()) for language in LANGUAGES}
        if found := tuple(sorted(form for form in forms if form)):
            parts.append(found)
    return parts


def remove_from_search(connection: Connection, number: int) -> None:
    """Take an article's text out of the index."""
    connection.execute(DELETE if is_postgres(connection) else DELETE_FTS, {"number": number})
    connection.execute(delete(search_queue).where(search_queue.c.number == number))


def _index_some(connection: Connection) -> int:
    waiting = select(search_queue.c.number).order_by(search_queue.c.number).limit(INDEXED_AT_ONCE)
    if is_postgres(connection):
        waiting = waiting.with_for_update(skip_locked=True)  # replicas share the work
    numbers = connection.execute(waiting).scalars().all()
    if not numbers:
        return 0
    statement = select(article.c.number, article.c.title, article.c.text, article.c.language).where(
        among(connection.dialect.name, article.c.number, "numbers"), article.c.withdrawn_at.is_(None)
    )
    rows = connection.execute(statement, {"numbers": listed(connection, numbers)}).all()
    done = [{"number": number} for number in numbers]
    connection.execute(DELETE if is_postgres(connection) else DELETE_FTS, done)
    documents = [_document(row.number, row.title, row.text, row.language) for row in rows]
    if documents:
        connection.execute(INSERT if is_postgres(connection) else INSERT_FTS, documents)
    gone = delete(search_queue).where(among(connection.dialect.name, search_queue.c.number, "numbers"))
    connection.execute(gone, {"numbers": listed(connection, numbers)})
    return len(numbers)


def _document(number: int, title: str | None, body: str, language: str | None) -> dict[str, Any]:
    known = (language or "")[:2]
    return {
        "number": number,
        "title": _tokens(title or "", known),
        "body": _tokens(body[:LONGEST_INDEXED], known),
    }


def _tokens(words: str, language: str) -> str:
    """Stems made of letters and digits alone, which both databases keep as one word: a figure's parts are words."""
    return " ".join(stems_of(words, language)).replace(".", " ").replace(",", " ")


def _hits(connection: Connection, parts: Sequence[tuple[tuple[str, ...], ...]], limit: int) -> list[Hit]:
    found = (
        _find_postgres(connection, parts, limit)
        if is_postgres(connection)
        else _find_sqlite(connection, parts, limit)
    )
    statement = (
        select(article, article_group.c.canonical_id)
        .join(article_group, article_group.c.group_id == article.c.group_id)
        .where(among(connection.dialect.name, article.c.number, "numbers"), article.c.withdrawn_at.is_(None))
    )
    rows = {
        row.number: row for row in connection.execute(statement, {"numbers": listed(connection, list(found))})
    }
    stems = {stem for part in parts for form in part for stem in form}
    licences = licences_of(connection, list(rows))
    return [
        _hit(rows[number], score, licensed_text(rows[number].text, licences[number]), stems)
        for number, score in found.items()
        if number in rows
    ]


def _find_sqlite(
    connection: Connection, parts: Sequence[tuple[tuple[str, ...], ...]], limit: int
) -> dict[int, float]:
    # Every stem is letters and digits between double quotes: nothing of the query can be FTS5 syntax.
    query = " AND ".join(
        "(" + " OR ".join('"' + " ".join(form) + '"' for form in part) + ")" for part in parts
    )
    rows = connection.execute(FIND_FTS, {"query": query, "limit": limit})
    return {row.number: row.score for row in rows}


def _find_postgres(
    connection: Connection, parts: Sequence[tuple[tuple[str, ...], ...]], limit: int
) -> dict[int, float]:
    values: dict[str, Any] = {"limit": limit}
    clauses = []
    for at, part in enumerate(parts):
        forms = []
        for form_at, form in enumerate(part):
            values[name := f"p{at}_{form_at}"] = " ".join(form)
            forms.append(f"phraseto_tsquery('simple', :{name})")
        clauses.append("(" + " || ".join(forms) + ")")
    statement = text(
        "SELECT number, ts_rank(document, query) AS score FROM search_text, "  # noqa: S608 - only names of parameters
        f"(SELECT {' && '.join(clauses)} AS query) AS asked "
        "WHERE document @@ query ORDER BY score DESC, number DESC LIMIT :limit"
    )
    return {row.number: row.score for row in connection.execute(statement, values)}


def _hit(row: Any, score: float, shown: str, stems: set[str]) -> Hit:
    return Hit(
        row.article_id,
        row.canonical_id,
        row.title,
        row.outlet,
        row.canonical_url,
        row.published_at,
        row.fetched_at,
        round(score, 4),
        _snippet(shown, row.language, stems),
    )


def _snippet(body: str, language: str | None, stems: set[str]) -> str:
    code = (language or "")[:2]
    paragraphs = [line.strip() for line in body.splitlines() if line.strip()]
    for paragraph in paragraphs:
        if any(stem_of(word, code) in stems for word in re.findall(r"[^\W_]+", paragraph.casefold())):
            return paragraph[:SNIPPET_CHARS]
    return paragraphs[0][:SNIPPET_CHARS] if paragraphs else ""

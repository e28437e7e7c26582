"""What reckons with vectors and looks up terms: the compiled where it was built, else Python's, which says what is right."""

from collections.abc import Sequence
from types import ModuleType

from . import articles, linkage, postings, term_counts, vectors
from .vectors import Packed, Weights

_articles: ModuleType | None
_postings: ModuleType | None
_sparse: ModuleType | None
try:
    from .native import _articles, _postings, _sparse
except ImportError:
    _articles = _postings = _sparse = None

EDITION = 1
"""That of the C files; it rises with a file's face, so that what older sources made is not taken."""
IS_COMPILED = all(made is not None and made.EDITION == EDITION for made in (_articles, _postings, _sparse))


def dots(vector: Weights, others: Sequence[Packed]) -> list[float]:
    """The similarity of a vector to each of the packed ones."""
    if _sparse is not None and IS_COMPILED:
        found: list[float] = _sparse.dots(vector, list(others))
        return found
    return [vectors.dot_packed(vector, other) for other in others]


def similarities(packed: Sequence[Packed]) -> Sequence[Sequence[float]]:
    """All dot products as a full matrix, 1 on the diagonal."""
    if _sparse is not None and IS_COMPILED:
        found: list[list[float]] = _sparse.similarities(list(packed))
        return found
    return linkage.similarities(packed)


def added(total: Packed, vector: Packed, sign: float = 1.0) -> Packed:
    """The sum of two packed vectors, or their difference; what comes to nothing is left out."""
    if _sparse is not None and IS_COMPILED:
        found: bytes = _sparse.added(total, vector, sign)
        return found
    return vectors.added(total, vector, sign)


def new_articles() -> articles.Articles:
    """No articles yet; compiled they take little more than their names and vectors."""
    if _articles is not None and IS_COMPILED:
        made: articles.Articles = _articles.Articles()
        return made
    return articles.Articles()


def new_postings() -> postings.Postings:
    """Postings without an entry; compiled they take a tenth of the memory."""
    if _postings is not None and IS_COMPILED:
        bounds = postings.INDEXED_TERMS, postings.POSTINGS_READ, postings.NEAREST
        made: postings.Postings = _postings.Postings(*bounds)
        return made
    return postings.Postings()


def new_term_counts() -> term_counts.TermCounts:
    """Counts of nothing yet; compiled they take a tenth of the memory."""
    if _postings is not None and IS_COMPILED:
        made: term_counts.TermCounts = _postings.TermCounts()
        return made
    return term_counts.TermCounts()

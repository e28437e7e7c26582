"""How many articles have each term. In memory, no I/O; the reference of the compiled counts."""

from collections import Counter

from .terms import Terms


class TermCounts:
    """Articles counted by term."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def count(self, terms: Terms) -> None:
        """Count an article's terms, each once."""
        self._counts.update(terms.keys())

    def of(self, term: int) -> int:
        """In how many of the articles a term stands."""
        return self._counts[term]

    def above(self, count: int) -> list[int]:
        """The terms that stand in more articles than that, in any order."""
        return [term for term, articles in self._counts.items() if articles > count]

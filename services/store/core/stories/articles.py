"""The articles of an index by row: their names and vectors. In memory, no I/O; the reference of the compiled ones."""

from .vectors import Packed


class Articles:
    """Names and vectors by row. Rows are counted up from 0 and never used twice."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._kept: list[tuple[str, Packed] | None] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, name: str, vector: Packed) -> int:
        """Keep an article; returns its row. Raises ValueError where it is here already."""
        if name in self._rows:
            raise ValueError(f"article {name!r} is here already")
        row = self._rows[name] = len(self._kept)
        self._kept.append((name, vector))
        return row

    def row(self, name: str) -> int | None:
        """The row of an article, None where it is not here."""
        return self._rows.get(name)

    def remove(self, name: str) -> int | None:
        """Forget an article; the row it had, None where it is not here."""
        row = self._rows.pop(name, None)
        if row is not None:
            self._kept[row] = None
        return row

    def name(self, row: int) -> str:
        """The name of the article in a row. Raises IndexError where there is none."""
        return self._in(row)[0]

    def vector(self, row: int) -> Packed:
        """The vector of the article in a row. Raises IndexError where there is none."""
        return self._in(row)[1]

    def names(self) -> list[str]:
        """The names of all articles that are here, by row."""
        return list(self._rows)

    def _in(self, row: int) -> tuple[str, Packed]:
        kept = self._kept[row] if row >= 0 else None
        if kept is None:
            raise IndexError(f"no article in row {row}")
        return kept

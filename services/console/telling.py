"""Lines for a terminal: what came from the web must not steer it."""

import typer

KEPT = frozenset("\n\t")
CONTROLS = {code: "·" for code in (*range(32), *range(127, 160)) if chr(code) not in KEPT}


def tell(line: str) -> None:
    """Print a line on stdout, control characters shown as dots."""
    typer.echo(harmless(line))


def harmless(text: str) -> str:
    """`text` with its control characters (escape sequences begin with one) as dots.

    >>> harmless("a title\\x1b[2J")
    'a title·[2J'
    """
    return text.translate(CONTROLS)


def counted(number: int, one: str, several: str = "") -> str:
    """The number and what is counted, in the singular where it is one; `several` where an s does not make it.

    >>> counted(1, "article"), counted(2, "copy", "copies")
    ('1 article', '2 copies')
    """
    return f"{number} {one if number == 1 else several or one + 's'}"

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

"""The compiled walk; what it does is told in _walk.c."""

from services.normalize.core.reading.blocks import Element, PageBlock

EDITION: int

def bind(
    library: str,
    text_node: int,
    text: bytes,
    element: type[Element],
    block: type[PageBlock],
    roles: bytes,
    kinds: dict[int, str],
    article: int,
    max_depth: int,
    max_blocks: int,
    long_link: int,
    head: tuple[int, ...],
    /,
) -> None: ...
def cut(body: int, root: Element, long_links: set[int], /) -> tuple[list[Element], list[PageBlock]]: ...
def head(root: int, /) -> tuple[str | None, str | None, str | None, dict[str, str], list[str]] | None: ...

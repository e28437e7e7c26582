"""The compiled reader of words and shingles; what it does is told in _shingles.c."""

EDITION: int

def shingled(folded: str, /) -> tuple[bytes, int, list[bytes]]: ...

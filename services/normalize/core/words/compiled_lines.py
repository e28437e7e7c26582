"""What asks of words and short lines in C, where it was built from these sources; each who asks says the same in Python."""

from types import ModuleType

_lines: ModuleType | None
try:
    from services.normalize.core.native import _lines
except ImportError:
    _lines = None

EDITION = 1
"""That of _lines.c; it rises with the file's face, so that what older sources made is not taken."""

LINES: ModuleType | None = _lines if _lines is not None and _lines.EDITION == EDITION else None

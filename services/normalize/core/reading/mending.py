"""Letters of a page in UTF-8 that were bytes of another text once: `canâ€™t` was `can’t`."""

import re

WINDOWS = "cp1252"
WITHOUT_LETTER = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
BYTE_OF_LETTER = {bytes([one]).decode(WINDOWS): one for one in range(0x80, 0xA0) if one not in WITHOUT_LETTER}
"""Windows' letters for the bytes that are control characters in ISO 8859-1."""
BEHIND = rb"(?:\xc2[\x80-\xbf]|%s)" % b"|".join(letter.encode() for letter in BYTE_OF_LETTER)
BYTES_AS_LETTERS = re.compile(
    rb"\xc3[\x82-\x9f]%(behind)s|\xc3[\xa0-\xaf]%(behind)s{2}|\xc3[\xb0-\xb4]%(behind)s{3}|\xc2[\x80-\x9f]"
    % {b"behind": BEHIND}
)
"""In UTF-8: the letters that two, three or four bytes of a UTF-8 character became; or a control character, which no text has."""
MOST_MENDED = 20_000  # a real page has some hundred, and each takes a microsecond


def mended(page: bytes) -> bytes:
    """The page with such letters as they were meant; what is neither UTF-8 nor Windows' as bytes stays."""
    return BYTES_AS_LETTERS.sub(_meant, page, MOST_MENDED)


def _meant(found: re.Match[bytes]) -> bytes:
    was = bytes([BYTE_OF_LETTER.get(letter, ord(letter)) for letter in found[0].decode()])
    try:
        return was.decode(WINDOWS if len(was) == 1 else "utf-8").encode()
    except UnicodeDecodeError:
        return found[0]

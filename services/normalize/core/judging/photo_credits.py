"""Lines of a dump that are a picture's caption: they name the photographer, the agency or the file."""

import re

LONGEST_CAPTION = 450  # characters
END = 160  # of its last characters the credit is one
_AGENCIES = "ap|afp|epa|efe|dpa|reuters"
_PICTURES = (
    "photo|photos|foto|image|images|picture|bild|credit|credits|crédit|фото|zdjęcie|fot|nuotr|photograph|"
    "photographer|illustration|source|quelle|grafik"
)
CREDIT = re.compile(
    rf"\((?:[^()]{{0,40}}\b)?(?:{_AGENCIES}|getty|photo|foto|file|image|images|bild|imago|shutterstock|courtesy|fot\.|фото|credit)"
    r"\b[^()]{0,60}\)\W*$|"  # … in Venice, Calif. (AP Photo/Ann Lee)
    rf"\b(?:{_PICTURES})\s*(?:credit\s*)?[.:/©]|"  # Foto: Anna Lee
    r"getty images|shutterstock|\bimago\b|picture[- ]alliance|istock|\balamy\b|epa-efe|\bfile photo\b|©|"
    rf"\bpictured\b|\(l\)|\(left\)|\(right\)|^file\b|\b(?:{_AGENCIES})\s*(?:photo)?\s*[/)]",
)
"""For text in lower case."""
MAY_BE = re.compile(
    r"photo|foto|imag|pictur|bild|credit|crédit|фото|zdjęcie|fot|nuotr|illustration|source|quelle|grafik|\(l|\(ri|"
    r"ap|afp|epa|efe|dpa|reuters|getty|file|shutterstock|courtesy|istock|alamy|©"
)
"""A quick look: what every credit has one of, and most lines have not; a quarter of the time."""


def has_photo_credit(text: str) -> bool:
    """Whether the line ends as a caption does, with whose picture it is.

    >>> has_photo_credit("Cars wait for the ferry on Monday. (AP Photo/Anna Lee)")
    True
    >>> has_photo_credit("The ferry left late on Monday (local time), the harbour master said.")
    False
    """
    if len(text) >= LONGEST_CAPTION:
        return False
    end = text[-END:].lower()
    return MAY_BE.search(end) is not None and CREDIT.search(end) is not None

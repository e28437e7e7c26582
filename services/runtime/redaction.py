"""Redaction: what no log line, span or reason may carry: passwords and tokens, in URLs and in headers."""

import re

MASK = "***"

USER_IN_URL = re.compile(r"(?<=://)[^/?#\s\"'<>\\]*@")
"""Whatever stands before the `@`: a user with a password, or a token by itself."""

SECRET_PARAMETER = re.compile(
    r"([?&;](?:[\w.-]*(?:token|secret|passw(?:or)?d|passwd|passphrase|signature|api[-_]?key|apikey|credential)[\w.-]*"
    r"|key|pwd|auth|sig|jwt)=)[^&;#\s\"'<>\\]+",
    re.IGNORECASE,
)
"""Query parameters that open something: feeds with a personal key, signed links."""

AUTHORIZATION = re.compile(r"\b((?:bearer|basic)\s+)[\w.~+/=-]{8,}", re.IGNORECASE)


def redact(text: str) -> str:
    """`text` with every credential in it replaced by `***`; the URLs stay readable.

    >>> redact("GET https://me:pw@feeds.example/rss?page=2&api_key=c0ffee")
    'GET https://me:***@feeds.example/rss?page=2&api_key=***'
    """
    if "://" in text:
        if "@" in text:
            text = USER_IN_URL.sub(_without_password, text)
        if "=" in text:
            text = SECRET_PARAMETER.sub(rf"\1{MASK}", text)
    return AUTHORIZATION.sub(rf"\1{MASK}", text) if "earer " in text or "asic " in text else text


def _without_password(match: re.Match[str]) -> str:
    user, colon, _ = match[0].partition(":")
    return f"{user}:{MASK}@" if colon else f"{MASK}@"

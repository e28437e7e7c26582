"""What the headers of a page say that machines may do with it. Its meta tags are read where the page is parsed."""

from collections.abc import Mapping

from services.contracts.messages import Licence, Rights

NO_AI = frozenset({"noai", "noimageai"})
MAX_DIRECTIVES = 30
VALUED = ("max-", "unavailable_after")
OURS = ("cleanwire", "robots")


def rights_of(headers: Mapping[str, str], licence: Licence = "full") -> Rights:
    """Rights from `X-Robots-Tag`, `TDM-Reservation` and `TDM-Policy`; header names are lower case.

    `tdm` is "0" where the rights are not reserved, "1" or the policy's URL where they are.
    """
    directives = _directives(headers.get("x-robots-tag", ""))
    reservation = headers.get("tdm-reservation", "").strip()
    policy = headers.get("tdm-policy", "").strip()[:500]
    return Rights(
        robots=",".join(directives) or None,
        tdm=(policy or "1") if reservation == "1" else "0" if reservation == "0" else None,
        noai=True if NO_AI & set(directives) else None,
        licence=licence,
    )


def _directives(text: str) -> list[str]:
    found: dict[str, None] = {}
    agent = ""
    for part in text.lower().split(","):
        name, colon, value = (piece.strip() for piece in part.partition(":"))
        if colon and not name.startswith(VALUED):
            # `googlebot: noindex, nofollow` speaks to that robot until another is named.
            agent, name = name, value
        if name and (not agent or agent in OURS):
            found[(f"{name}:{value}" if name.startswith(VALUED) and value != name else name)[:100]] = None
    return list(found)[:MAX_DIRECTIVES]

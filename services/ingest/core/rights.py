"""What a publisher says machines may do with a page: headers and meta tags read into one record."""

import re
from collections.abc import Mapping

from services.contracts.messages import Licence, Rights

META_BYTES = 64 * 1024
META = re.compile(rb"<meta\b[^>]{0,500}>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
ROBOTS_NAMES = frozenset({"robots", "cleanwire"})
NO_AI = frozenset({"noai", "noimageai", "noml"})


def rights_of(headers: Mapping[str, str], page: bytes, licence: Licence = "full") -> Rights:
    """Rights of a page from `X-Robots-Tag`, `TDM-Reservation`, `TDM-Policy` and the meta tags of the same names.

    Directives of several places are joined: the strictest reader sees them all. Header names are lower case.
    """
    metas = _metas(page)
    directives = _directives(headers.get("x-robots-tag", ""), *(metas.get(name, "") for name in ROBOTS_NAMES))
    reservation = headers.get("tdm-reservation", metas.get("tdm-reservation", "")).strip()
    policy = headers.get("tdm-policy", metas.get("tdm-policy", "")).strip()
    return Rights(
        robots=", ".join(directives) or None,
        tdm=_tdm(reservation, policy),
        noai=bool(NO_AI & set(directives)) or None,
        licence=licence,
    )


def _tdm(reservation: str, policy: str) -> str | None:
    """TDMRep (W3C community group, 2024): 1 reserves the rights, 0 does not; a policy says on what terms."""
    if reservation == "1":
        return f"reserved {policy}".strip()[:500]
    return "open" if reservation == "0" else None


def _directives(*texts: str) -> list[str]:
    found: dict[str, None] = {}
    for text in texts:
        for part in text.split(","):
            name, _, value = part.strip().lower().partition(":")
            # `googlebot: noindex` speaks to another robot; `max-snippet: 20` is a directive with a value.
            directive = (
                f"{name}:{value.strip()}"
                if name.startswith(("max-", "unavailable"))
                else value.strip() or name
            )
            if directive and (not value or name.startswith(("max-", "unavailable")) or name in ROBOTS_NAMES):
                found[directive[:100]] = None
    return list(found)[:30]


def _metas(page: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in META.findall(page[:META_BYTES]):
        pairs = ATTRIBUTE.findall(tag.decode("utf-8", "replace"))
        attributes = {name.lower(): value.strip("\"'") for name, value in pairs}
        name = attributes.get("name", "").lower()
        if name and "content" in attributes:
            found.setdefault(name, attributes["content"])
    return found

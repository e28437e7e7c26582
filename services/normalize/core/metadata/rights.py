"""What a publisher says machines may do with a page: robots and AI wishes in meta elements and headers."""

import re
from collections.abc import Iterable, Mapping

from services.contracts.messages import Rights

ROBOT_METAS = ("robots", "googlebot", "googlebot-news", "cleanwire")
WISH = re.compile(
    "noindex|nofollow|noarchive|nosnippet|noimageai|noai|none|nocache|noimageindex|notranslate", re.IGNORECASE
)
NO_AI = frozenset({"noai", "noimageai"})


def rights_of_metas(metas: Mapping[str, str]) -> Rights:
    """The wishes in a page's meta elements."""
    return _rights([metas.get(name, "") for name in ROBOT_METAS], metas.get("tdm-reservation"))


def rights_of_headers(headers: Mapping[str, str]) -> Rights:
    """The wishes in a response's headers, whatever their case."""
    lower = {name.lower(): value for name, value in headers.items()}
    return _rights([lower.get("x-robots-tag", "")], lower.get("tdm-reservation"))


def strictest(one: Rights, *others: Rights) -> Rights:
    """All wishes together: each restriction that any place names. The licence is the first one's, our own setting.

    `robots` lists the restrictions, sorted; `tdm` is TDMRep's reservation: "0" none, anything else reserved.
    """
    everyone = (one, *others)
    wishes = {wish for rights in everyone for wish in (rights.robots or "").split(",") if wish}
    reserved = [rights.tdm for rights in everyone if rights.tdm]
    noai = [rights.noai for rights in everyone if rights.noai is not None]
    return Rights(
        robots=",".join(sorted(wishes)) or None,
        tdm=next((tdm for tdm in reserved if tdm != "0"), reserved[0] if reserved else None),
        noai=any(noai) if noai else None,
        licence=one.licence,
    )


def _rights(texts: Iterable[str], tdm: str | None) -> Rights:
    wishes = {wish.lower() for text in texts for wish in WISH.findall(text)}
    return Rights(
        robots=",".join(sorted(wishes)) or None,
        tdm=(tdm or "").strip()[:500] or None,
        noai=True if wishes & NO_AI else None,
    )

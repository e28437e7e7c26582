"""What a publisher says machines may do with a page: robots and AI wishes in meta elements and headers."""

import re
from collections.abc import Mapping

from services.contracts.messages import Rights
from services.normalize.core.page import Page

ROBOT_METAS = ("robots", "googlebot", "googlebot-news", "cleanwire")
KNOWN = ("noindex", "nofollow", "noarchive", "nosnippet", "noai", "noimageai", "none", "nocache")
WISH = re.compile("|".join(KNOWN), re.IGNORECASE)
NO_AI = frozenset({"noai", "noimageai"})


def read_rights(page: Page, headers: Mapping[str, str], found: Rights = Rights()) -> Rights:
    """The page's wishes added to those `found` at the fetch; the stricter of two always wins.

    `robots` lists the restrictions, sorted; `tdm` is TDMRep's reservation: "1" reserved, "0" not, else a policy URL.
    """
    header = {name.lower(): value for name, value in headers.items()}
    sources = [found.robots or "", header.get("x-robots-tag", "")] + [page.metas.get(name, "") for name in ROBOT_METAS]
    wishes = {wish.lower() for source in sources for wish in WISH.findall(source)}
    reserved = [found.tdm, header.get("tdm-reservation"), page.metas.get("tdm-reservation")]
    return Rights(
        robots=",".join(sorted(wishes)) or found.robots,
        tdm=_stricter(reserved),
        noai=True if wishes & NO_AI else found.noai,
        licence=found.licence,
    )


def _stricter(reserved: list[str | None]) -> str | None:
    given = [value.strip() for value in reserved if value and value.strip()]
    return next((value for value in given if value != "0"), given[0] if given else None)

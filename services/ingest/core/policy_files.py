"""Files in which a site states its terms for machines: TDMRep's and ai.txt. Pure."""

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from services.contracts.messages import Rights

TDMREP_PATH = "/.well-known/tdmrep.json"
AI_TXT_PATH = "/ai.txt"
MAX_RULES = 500
EVERYTHING = frozenset({"/", "*", "/*", "*.html", "*.txt", "*.htm"})


@dataclass(frozen=True)
class SiteTerms:
    """The two files as they came, empty where there is none."""

    tdmrep: str = ""
    ai_txt: str = ""


def with_site_terms(rights: Rights, terms: SiteTerms, url: str) -> Rights:
    """The page's rights with the site's terms; what the page itself says of text mining goes before the file."""
    tdm = rights.tdm or tdm_of_file(terms.tdmrep, urlsplit(url).path or "/")
    noai = True if rights.noai or reserves_ai(terms.ai_txt) else rights.noai
    return rights.model_copy(update={"tdm": tdm, "noai": noai})


def tdm_of_file(text: str, path: str) -> str | None:
    """What a tdmrep.json says of a path: "0" open, "1" or a policy's URL reserved, None where it says nothing.

    The first rule whose location fits counts (TDM Reservation Protocol, W3C community group report).

    >>> tdm_of_file('[{"location": "/news/*", "tdm-reservation": 1}]', "/news/a")
    '1'
    """
    try:
        rules = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return None
    for rule in rules[:MAX_RULES] if isinstance(rules, list) else []:
        if isinstance(rule, dict) and _fits(str(rule.get("location", "")), path):
            return _reservation(rule)
    return None


def reserves_ai(text: str) -> bool:
    """Whether an ai.txt keeps all agents, or ours, away from the site's texts."""
    applies = False
    for line in text.splitlines()[:MAX_RULES]:
        name, _, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == "user-agent":
            applies = value == "*" or "cleanwire" in value.lower()
        elif name == "disallow" and applies and value in EVERYTHING:
            return True
    return False


def _fits(location: str, path: str) -> bool:
    if not location:
        return False
    pattern = re.sub(r"\[", "[[]", location.rstrip("$"))
    return fnmatchcase(path, pattern if location.endswith("$") else f"{pattern}*")


def _reservation(rule: dict[str, object]) -> str | None:
    reserved = str(rule.get("tdm-reservation", "")).strip()
    if reserved == "1":
        return str(rule.get("tdm-policy") or "1")[:500]
    return "0" if reserved == "0" else None

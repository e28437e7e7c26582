"""Identities: the canonical URL and the hashes made of it. The one file of the contracts that needs the URL library."""

import hashlib
import re
from datetime import datetime
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|ysclid|mc_[ce]id|igshid|_openstat|rss|ref|ref_src|"
    r"cmpid?|ocid|at_medium|at_campaign|ito|smid|ftag|ncid|xtor|wt\.mc_id|share|from_source|traffic_source)$",
    re.IGNORECASE,
)
"""Query parameters that say where a reader came from, never which article it is."""

AMP_QUERY = frozenset({"amp", "amp_js_v", "usqp", "outputtype=amp"})
LABELS_LEFT_OUT = frozenset({"www", "m", "mobile", "amp"})
DEFAULT_PORTS = {"http": 80, "https": 443}
PLAIN = re.compile(
    r"https?://((?:[a-z0-9-]{1,63}\.){1,3}[a-z]{2,20})((?:/(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*)?)*)"
)
"""As most articles' URLs are: nothing in them that the URL library would spell otherwise; it takes ten times as long."""


@lru_cache(maxsize=256)  # a message's URL is asked for several times in a row, by several modules
def canonical_url(url: str) -> str:
    """The one spelling of a URL: https, no `www.`/mobile host, no AMP form, no tracking, sorted query, no fragment.

    Idempotent. Raises ValueError where `url` is no http(s) URL with a host.
    """
    if usual := PLAIN.fullmatch(url):
        return f"https://{_canonical_host(usual[1])}{_canonical_path(usual[2])}"
    return _spelled_out(url)


def article_id_of(canonical: str) -> str:
    """The article's identity: the first 128 bits of the SHA-256 of its canonical URL, in hex."""
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def page_hash_of(page: bytes) -> str:
    """The identity of a page's bytes, as fetched and before any decoding."""
    return hashlib.sha256(page).hexdigest()


def fetch_id_of(url: str, fetched_at: datetime, page_hash: str) -> str:
    """The identity of one fetch: which URL, when, and what came."""
    return hashlib.sha256(f"{url}\n{fetched_at.isoformat()}\n{page_hash}".encode()).hexdigest()[:32]


def _spelled_out(url: str) -> str:
    parts = urlsplit(safe_url_string(url.strip()))
    host = _canonical_host(parts.hostname or "")
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise ValueError(f"not an http(s) URL with a host: {url[:200]!r}")
    port = parts.port
    # A port of its own names another server: its scheme stays. Everywhere else http and https are one place.
    scheme = "https" if port in (None, 80, 443) else parts.scheme
    netloc = host if port in (None, 80, 443) else f"{host}:{port}"
    query = urlencode(
        [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if _names_article(name, value)
        ]
    )
    return canonicalize_url(urlunsplit((scheme, netloc, _canonical_path(parts.path), query, "")))


def _canonical_host(host: str) -> str:
    host = host.lower().rstrip(".")
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in LABELS_LEFT_OUT:
        labels = labels[1:]
    return ".".join(labels)


def _canonical_path(path: str) -> str:
    path = re.sub(r"/{2,}", "/", path) or "/"
    if "amp" in path:
        path = re.sub(r"^/amp(?=/)", "", path)
        path = re.sub(r"(/amp/?|\.amp)$", "", path) or "/"
        path = re.sub(r"\.amp(?=\.html?$)", "", path)
    return path if path == "/" else path.rstrip("/")


def _names_article(name: str, value: str) -> bool:
    if TRACKING.match(name):
        return False
    return name.lower() not in AMP_QUERY and f"{name}={value}".lower() not in AMP_QUERY

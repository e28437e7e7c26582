"""Which network addresses may be connected to. Pure: literals and tables, no look-ups."""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

ALLOWED_SCHEMES = frozenset({"http", "https"})
ALLOWED_PORTS = frozenset({80, 443, 8080, 8443})

FORBIDDEN_V4 = {
    "unspecified": "0.0.0.0/8",
    "private 10/8": "10.0.0.0/8",
    "carrier-grade NAT": "100.64.0.0/10",
    "loopback": "127.0.0.0/8",
    "cloud metadata": "168.63.129.16/32",  # Azure's wire server stands on a public address
    "link-local": "169.254.0.0/16",
    "private 172.16/12": "172.16.0.0/12",
    "protocol assignments": "192.0.0.0/24",
    "documentation 192.0.2/24": "192.0.2.0/24",
    "6to4 relay": "192.88.99.0/24",
    "private 192.168/16": "192.168.0.0/16",
    "benchmarking": "198.18.0.0/15",
    "documentation 198.51.100/24": "198.51.100.0/24",
    "documentation 203.0.113/24": "203.0.113.0/24",
    "multicast": "224.0.0.0/4",
    "reserved": "240.0.0.0/4",
}
"""IANA's special-purpose registry for IPv4, and one address a cloud keeps its secrets at."""

FORBIDDEN_V6 = {
    "local NAT64": "64:ff9b:1::/48",
    "discard": "100::/64",
    "Teredo": "2001::/32",
    "protocol assignments": "2001::/23",
    "documentation": "2001:db8::/32",
    "documentation 3fff::/20": "3fff::/20",
    "unique local": "fc00::/7",
    "link-local": "fe80::/10",
    "site-local": "fec0::/10",
    "multicast": "ff00::/8",
}

_V4 = [(reason, ip_network(network)) for reason, network in FORBIDDEN_V4.items()]
_V6 = [(reason, ip_network(network)) for reason, network in FORBIDDEN_V6.items()]
_NAT64 = ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ip_network("2002::/16")
_COMPATIBLE = ip_network("::/96")
_NUMBER_LAST = re.compile(r"(^|\.)(\d+|0[xX][0-9a-fA-F]*)\.?$")


def forbidden_reason(address: str) -> str | None:
    """Why `address` (an IP literal) must not be connected to, or None where it may.

    IPv6 forms that carry an IPv4 address (mapped, compatible, NAT64, 6to4) are judged by the address they carry.

    >>> forbidden_reason("::ffff:10.0.0.1")
    'private 10/8'
    >>> forbidden_reason("93.184.215.14") is None
    True
    """
    parsed = ip_address(address.split("%", 1)[0])
    if isinstance(parsed, IPv4Address):
        return _v4_reason(parsed)
    carried = _carried_v4(parsed)
    return _v4_reason(carried) if carried else _v6_reason(parsed)


def literal_address(host: str) -> str | None:
    """The IP address a host spells, decimal, octal and hexadecimal forms included; None where it is a name.

    Raises ValueError where the host looks like a number but is no address.

    >>> literal_address("0177.1"), literal_address("2130706433"), literal_address("example.org")
    ('127.0.0.1', '127.0.0.1', None)
    """
    if ":" in host:
        return str(ip_address(host.strip("[]").split("%", 1)[0]))
    if not _NUMBER_LAST.search(host):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError as problem:
        raise ValueError(f"{host!r} is no IPv4 address") from problem


def _carried_v4(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return None


def _v4_reason(address: IPv4Address) -> str | None:
    return next((reason for reason, network in _V4 if address in network), None)


def _v6_reason(address: IPv6Address) -> str | None:
    return next((reason for reason, network in _V6 if address in network), None)


def host_key(url: str) -> str:
    """The host a URL is asked of, as politeness counts it: `name:port`. Raises ValueError where there is none.

    >>> host_key("https://Example.org/a"), host_key("http://[::1]:8000/")
    ('example.org:443', '[::1]:8000')
    """
    parts = urlsplit(url)
    name = (parts.hostname or "").rstrip(".").lower()
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    if not name or not port:
        raise ValueError(f"not an http(s) URL with a host: {url[:200]!r}")
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"


def host_or_unknown(url: str) -> str:
    """The host of a URL for names and logs; `unknown` where there is none."""
    try:
        return host_key(url)
    except ValueError:
        return "unknown"

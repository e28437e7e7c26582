"""Which addresses may be connected to."""

import pytest

from services.ingest.core.addresses import forbidden_reason, host_key, literal_address


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "100.64.0.1", "100.100.100.200", "169.254.169.254", "168.63.129.16", "192.0.0.192", "198.18.0.1",
        "224.0.0.251", "255.255.255.255", "240.0.0.1",
        "::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:1::1", "fc00::1", "fd00:ec2::254",
        "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_inner_address_is_forbidden(address: str) -> None:
    assert forbidden_reason(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_address_is_allowed(address: str) -> None:
    assert forbidden_reason(address) is None


@pytest.mark.parametrize(
    "spelling", ["127.0.0.1", "2130706433", "0177.0.0.1", "0x7f.1", "0x7f000001", "127.1", "127.0.0.1."]
)
def test_every_spelling_of_loopback_is_read_as_loopback(spelling: str) -> None:
    assert literal_address(spelling) == "127.0.0.1"


@pytest.mark.parametrize("name", ["example.org", "1password.com", "news.24tv", "xn--80ak6aa92e.com"])
def test_name_is_no_literal(name: str) -> None:
    assert literal_address(name) is None


def test_number_that_is_no_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="no IPv4 address"):
        literal_address("1.2.3.4.5")


def test_host_is_counted_by_name_and_port() -> None:
    assert host_key("https://News.Example.ORG./a") == "news.example.org:443"
    assert host_key("http://news.example.org:8080/a") == "news.example.org:8080"

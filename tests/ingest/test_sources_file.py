"""The sources file: what it says, and how its mistakes are named."""

from pathlib import Path

import pytest

from services.ingest.sources.sources_file import parse_catalogue, read_catalogue
from services.runtime.settings import SettingsError

GOOD = """\
[[source]]
name = "One"
outlet = "One"
side = "exile"
scope = "topic"

[[source.feed]]
kind = "feed"
url = "https://one.example/rss"
poll_s = 1

[[source.feed]]
kind = "telegram"
url = "https://t.me/s/one"
fallback = true

[[source]]
name = "Two"
outlet = "Two"
muted = true
[[source.feed]]
kind = "sitemap"
url = "https://two.example/sitemap.xml"
"""


def test_every_list_of_every_source_is_read() -> None:
    first, second, third = parse_catalogue(GOOD, "s.toml").listings.values()
    assert (first.kind, first.poll_s, first.source.side, first.source.scope) == ("feed", 1, "exile", "topic")
    assert (second.kind, second.fallback, second.source.name) == ("telegram", True, "One")
    assert (third.muted, third.source.side) == (True, "international")


def test_real_sources_file_is_right() -> None:
    catalogue = read_catalogue(Path(__file__).parents[2] / "deploy" / "sources.toml")
    sources = {listing.source.name: listing.source for listing in catalogue.listings.values()}
    assert len(sources) >= 75
    assert {source.side for source in sources.values()} == {"state", "exile", "regional", "international"}


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        ('side = "exile"', 'side = "exil"', "s.toml, line 4: side is 'exil'; allowed: state, exile, regional, international"),
        ('scope = "topic"', 'scop = "topic"', "s.toml, line 5: unknown key 'scop'; allowed: name, outlet"),
        ('kind = "telegram"', 'kind = "rss"', "s.toml, line 13: kind is 'rss'; allowed: feed, sitemap, listing, telegram, search"),
        ("fallback = true", 'fallback = "yes"', "s.toml, line 15: fallback is 'yes'; it must be true or false"),
        ("fallback = true", "falback = true", "s.toml, line 15: unknown key 'falback'; allowed: kind, url"),
        ('url = "https://t.me/s/one"', 'url = "t.me/s/one"', "s.toml, line 14: url is 't.me/s/one'; it must start with"),
        ("poll_s = 1", "poll_s = 0", "s.toml, line 10: poll_s is 0; allowed: 0.1 to 86400"),
        ('name = "Two"', 'name = "One"', "s.toml, line 18: name 'One' is taken by an earlier source"),
        ('outlet = "Two"\n', "", "s.toml, line 17: key 'outlet' is missing"),
        ("muted = true", "muted = true true", "at line 20"),
        ("[[source]]\nname = \"Two\"", "[[sources]]\nname = \"Two\"", "s.toml, line 17: unknown table or key 'sources'; allowed: [[source]]"),
        ('scope = "topic"', 'hosts = "one.example"', "s.toml, line 5: hosts is 'one.example'; it must be a list of host names"),
        ('scope = "topic"', 'hosts = ["https://one.example"]', "s.toml, line 5: hosts has 'https://one.example'; it must be"),
        ('url = "https://one.example/rss"', 'url = "https://[one/rss"', "s.toml, line 9: url is 'https://[one/rss'; it must start"),
        ("poll_s = 1", 'links = "("', "s.toml, line 10: links is '('; it must be a regular expression"),
    ],
)  # fmt: skip
def test_mistake_is_named_with_file_line_key_and_what_is_allowed(good: str, bad: str, complaint: str) -> None:
    assert good in GOOD
    with pytest.raises(SettingsError) as raised:
        parse_catalogue(GOOD.replace(good, bad, 1), "s.toml")
    assert complaint in str(raised.value)


def test_missing_sources_file_is_named() -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml: No such file"):
        read_catalogue(Path("nowhere.toml"))


def test_source_without_a_list_is_named() -> None:
    with pytest.raises(SettingsError, match=r"line 1: \[\[source.feed\]\] is missing"):
        parse_catalogue('[[source]]\nname = "A"\noutlet = "A"\n', "s.toml")

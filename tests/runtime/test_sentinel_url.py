"""The URL of a Redis behind sentinels."""

import pytest

from services.runtime.sentinel import parse_sentinel_url
from services.runtime.settings import ServiceSettings, SettingsError, read_settings


def test_url_names_sentinels_master_database_and_sign_in() -> None:
    place = parse_sentinel_url("sentinel://me:p%40ss@10.0.0.1:26379,[::1]:26380/news/3")
    assert place.sentinels == (("10.0.0.1", 26379), ("::1", 26380))
    assert (place.master, place.database, place.username, place.password) == ("news", 3, "me", "p@ss")
    assert place.sign_in_url == "redis://me:p%40ss@127.0.0.1/3"


def test_database_and_sign_in_may_be_left_out() -> None:
    place = parse_sentinel_url("sentinel://127.0.0.1:26379/news")
    assert (place.database, place.username, place.password) == (0, None, None)
    assert place.sign_in_url == "redis://127.0.0.1/0"


@pytest.mark.parametrize(
    "url",
    ["sentinel://127.0.0.1:26379", "sentinel://127.0.0.1/news", "sentinel:///news", "sentinel://a:1/news/x"],
)
def test_url_of_another_form_is_refused_with_the_right_one(url: str) -> None:
    with pytest.raises(SettingsError, match=r"sentinel://.*host:port,host:port/master"):
        read_settings(ServiceSettings, {"CLEANWIRE_REDIS_URL": url})

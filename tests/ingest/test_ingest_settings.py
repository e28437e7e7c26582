"""The settings of ingest."""

import pytest

from services.ingest.settings import IngestSettings
from services.runtime.settings import SettingsError, read_settings

CONTACT = {"CLEANWIRE_CONTACT": "ops@example.org"}


def test_contact_stands_in_the_user_agent() -> None:
    assert read_settings(IngestSettings, CONTACT).user_agent == "Cleanwire/0.1 (+ops@example.org)"


def test_without_a_contact_ingest_does_not_start() -> None:
    with pytest.raises(SettingsError, match="CLEANWIRE_CONTACT is not set"):
        read_settings(IngestSettings, {})


@pytest.mark.parametrize("contact", ["nobody", "a b@c", "ops@exämple.org", "http://x\r\nEvil: 1"])
def test_contact_that_reaches_nobody_is_refused(contact: str) -> None:
    with pytest.raises(SettingsError, match="CLEANWIRE_CONTACT is"):
        read_settings(IngestSettings, {"CLEANWIRE_CONTACT": contact})


def test_private_hosts_are_a_list_of_host_and_port() -> None:
    environ = {**CONTACT, "CLEANWIRE_ALLOW_PRIVATE_HOSTS": "127.0.0.1:8080, News.test:80"}
    assert read_settings(IngestSettings, environ).allow_private_hosts == {"127.0.0.1:8080", "news.test:80"}


def test_private_host_without_a_port_is_named() -> None:
    environ = {**CONTACT, "CLEANWIRE_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
    with pytest.raises(SettingsError, match=r"CLEANWIRE_ALLOW_PRIVATE_HOSTS is '127.0.0.1': .*not host:port"):
        read_settings(IngestSettings, environ)

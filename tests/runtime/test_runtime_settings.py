"""Settings come from the environment only; a wrong one names the variable, what it was, what is allowed."""

from pathlib import Path

import pytest

from services.runtime.settings import ServiceSettings, SettingsError, mask_passwords, read_settings


class IngestLike(ServiceSettings):
    allow_private_hosts: tuple[str, ...] = ()
    contact: str


def test_unset_variables_leave_the_defaults() -> None:
    assert read_settings(ServiceSettings, {}) == ServiceSettings()


def test_a_field_is_read_from_its_variable() -> None:
    settings = read_settings(
        ServiceSettings, {"CLEANWIRE_REDIS_URL": "redis://127.0.0.1:1/2", "CLEANWIRE_HTTP_PORT": "8080"}
    )
    assert (settings.redis_url, settings.http_port) == ("redis://127.0.0.1:1/2", 8080)


def test_a_secret_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("redis://:s3cret@127.0.0.1:1/0\n")
    settings = read_settings(ServiceSettings, {"CLEANWIRE_REDIS_URL_FILE": str(file)})
    assert settings.redis_url == "redis://:s3cret@127.0.0.1:1/0"


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("CLEANWIRE_LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("CLEANWIRE_LOG_FORMAT", "xml", "'json' or 'console'"),
        ("CLEANWIRE_HTTP_PORT", "70000", "less than or equal to 65535"),
        ("CLEANWIRE_HTTP_PORT", "web", "valid integer"),
        ("CLEANWIRE_REDIS_URL", "http://127.0.0.1", "redis://"),
        ("CLEANWIRE_REDIS_URL_FILE", "/nowhere/at/all", "No such file"),
    ],
)
def test_a_wrong_value_names_variable_value_and_what_is_allowed(
    variable: str, value: str, allowed: str
) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(ServiceSettings, {variable: value})
    assert variable in str(error.value)
    assert value in str(error.value)
    assert allowed in str(error.value)


def test_a_wrong_url_is_told_without_its_password() -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(ServiceSettings, {"CLEANWIRE_REDIS_URL": "amqp://user:s3cret@127.0.0.1"})
    assert "s3cret" not in str(error.value)


def test_variable_and_file_together_are_refused() -> None:
    with pytest.raises(SettingsError, match="only one of them"):
        read_settings(ServiceSettings, {"CLEANWIRE_DATA_DIR": "a", "CLEANWIRE_DATA_DIR_FILE": "b"})


def test_a_list_is_comma_separated_and_a_missing_setting_is_named() -> None:
    environ = {
        "CLEANWIRE_ALLOW_PRIVATE_HOSTS": "127.0.0.1:80, 127.0.0.1:81,",
        "CLEANWIRE_CONTACT": "me@example.org",
    }
    assert read_settings(IngestLike, environ).allow_private_hosts == ("127.0.0.1:80", "127.0.0.1:81")
    with pytest.raises(SettingsError, match="CLEANWIRE_CONTACT is not set"):
        read_settings(IngestLike, {})


def test_passwords_of_urls_are_masked() -> None:
    assert (
        mask_passwords("at redis://:pw@h:1/0 and postgresql://u:pw@h/d")
        == "at redis://:***@h:1/0 and postgresql://u:***@h/d"
    )

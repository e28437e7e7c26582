"""What the command can be told by the environment; the one place of the console that reads it."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from services.runtime.kept_pages import PagesUrl
from services.runtime.logs import set_up_logs
from services.runtime.settings import ServiceSettings, SettingsError, read_settings

from .exits import CommandError

REDIS_URL_FILE = "redis_url"
"""Under the data folder: where `cleanwire up` notes its embedded server, so that other commands find it."""

CHECKOUT = Path(__file__).resolve().parents[2]


class ConsoleSettings(ServiceSettings):
    """The services' settings as far as the command passes them on or shows them."""

    database_url: str = ""
    sources_file: Path = CHECKOUT / "deploy" / "sources.toml"
    topics_dir: Path = CHECKOUT / "deploy" / "topics"
    allow_private_hosts: tuple[str, ...] = ()
    contact: str = ""
    feed_window_days: float = 7
    host_gap_s: float = 5.0
    pages_url: PagesUrl = ""

    @property
    def archive_url(self) -> str:
        """The archive's database: the one that is set, else the file the store makes in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'archive.db'}"


def console_settings(environ: Mapping[str, str] | None = None) -> ConsoleSettings:
    """Read the settings; an embedded server that runs over this data folder is used where no URL is set.

    Raises CommandError naming the variable, what it was, and what is allowed.
    """
    given = os.environ if environ is None else environ
    try:
        settings = read_settings(ConsoleSettings, given)
    except SettingsError as error:
        raise CommandError.usage(str(error), "docs/commands.md lists every setting") from None
    _log_quietly(settings, given)
    if is_redis_url_given(given):
        return settings
    noted = settings.data_dir / REDIS_URL_FILE
    return (
        settings.model_copy(update={"redis_url": noted.read_text().strip()}) if noted.exists() else settings
    )


def _log_quietly(settings: ConsoleSettings, environ: Mapping[str, str]) -> None:
    """Stdout is for data: what a library of ours logs inside a command goes to stderr, and only from warnings on."""
    level = settings.log_level if "CLEANWIRE_LOG_LEVEL" in environ else "warning"
    by_reader: Literal["json", "console"] = "console" if sys.stderr.isatty() else "json"
    set_up_logs("console", level, settings.log_format if "CLEANWIRE_LOG_FORMAT" in environ else by_reader)


def is_redis_url_given(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the operator named a Redis of their own."""
    given = os.environ if environ is None else environ
    return "CLEANWIRE_REDIS_URL" in given or "CLEANWIRE_REDIS_URL_FILE" in given


def service_environment(**overrides: str) -> dict[str, str]:
    """The environment of a service's process: ours, with `overrides` (`redis_url=…` sets CLEANWIRE_REDIS_URL)."""
    named = {f"CLEANWIRE_{name.upper()}": value for name, value in overrides.items()}
    replaced = {f"{name}_FILE" for name in named}
    inherited = {name: value for name, value in os.environ.items() if name not in replaced}
    return {**inherited, "PYTHONUNBUFFERED": "1", **named}

"""Settings: one frozen model per service, read from the environment once. Nothing else reads the environment."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from .sentinel import FORM, SCHEME, parse_sentinel_url

PREFIX = "CLEANWIRE_"
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")
PASSWORD_IN_URL = re.compile(r"(?<=://)([^/@\s]*):([^/@\s]*)@")

Model = TypeVar("Model", bound=BaseModel)


class SettingsError(ValueError):
    """A setting is wrong; the message names the variable, what it was, and what is allowed."""


def _redis_url(url: str) -> str:
    if url.startswith(SCHEME):
        parse_sentinel_url(url)
    elif not url.startswith(REDIS_SCHEMES):
        raise ValueError(f"must start with {', '.join(REDIS_SCHEMES)} or have the form {FORM}")
    return url


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class ServiceSettings(BaseModel):
    """What every service needs; docs/delivery.md tells of `visibility_s` and `concurrency`.

    `http_port` 0 means no HTTP server; containers set `http_host` to 0.0.0.0. `log_sample` is the share of walks whose
    outcome lines are logged; `standing_every_s` how often a line says how each stage stands, 0 never. `stop_within_s` is
    what a stop may take: more than 5 s below the grace time of whoever runs the process, and would kill it unheard.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    redis_url: Annotated[str, AfterValidator(_redis_url)] = "redis://127.0.0.1:6379/0"
    data_dir: Path = Path("data")
    http_port: int = Field(default=0, ge=0, le=65_535)
    http_host: str = "127.0.0.1"
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = "info"
    log_format: Annotated[Literal["json", "console"], BeforeValidator(_lower)] = "json"
    log_sample: float = Field(default=1.0, ge=0, le=1)
    standing_every_s: float = Field(default=60.0, ge=0, le=3_600)
    stop_within_s: float = Field(default=24.0, ge=1, le=3_600)
    visibility_s: float = Field(default=30.0, ge=0.2, le=3_600)
    concurrency: int = Field(default=16, ge=1, le=1_000)


def read_settings(model: type[Model], environ: Mapping[str, str]) -> Model:
    """Fill `model` from `environ`: field `redis_url` from CLEANWIRE_REDIS_URL, or from the file CLEANWIRE_REDIS_URL_FILE.

    A field that is a tuple, list or set takes a comma-separated value. Raises SettingsError.
    """
    found = {name: value for name in model.model_fields if (value := _value_of(name, environ)) is not None}
    listed = {name: _items(value) if _is_listed(model, name) else value for name, value in found.items()}
    try:
        return model.model_validate(listed)
    except ValidationError as error:
        raise SettingsError("; ".join(_explained(detail, found) for detail in error.errors())) from None


def mask_passwords(text: str) -> str:
    """`text` with the password of every URL in it replaced by `***`."""
    return PASSWORD_IN_URL.sub(r"\1:***@", text)


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _value_of(name: str, environ: Mapping[str, str]) -> str | None:
    variable = _variable(name)
    plain, file = environ.get(variable), environ.get(f"{variable}_FILE")
    if plain is not None and file is not None:
        raise SettingsError(f"{variable} and {variable}_FILE are both set; only one of them is allowed")
    return plain if file is None else _content_of(f"{variable}_FILE", file)


def _content_of(variable: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise SettingsError(f"{variable} is {file!r}: {reason}; it must name a readable text file") from None


def _is_listed(model: type[BaseModel], name: str) -> bool:
    annotation: Any = model.model_fields[name].annotation
    return (get_origin(annotation) or annotation) in (tuple, list, set, frozenset)


def _items(value: str) -> list[str]:
    return [item.strip() for item in value.split(",") if item.strip()]


def _explained(detail: ErrorDetails, found: Mapping[str, str]) -> str:
    name = str(detail["loc"][0]) if detail["loc"] else ""
    allowed = detail["msg"].removeprefix("Value error, ")
    if name not in found:
        return f"{_variable(name)} is not set: {allowed}"
    return f"{_variable(name)} is {mask_passwords(found[name])!r}: {allowed}"

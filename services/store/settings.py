"""The store's settings, read once in `app.py`."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from services.runtime.settings import ServiceSettings

BACKENDS = ("sqlite", "postgresql")


def _database_url(url: str) -> str:
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        backend = ""
    if url and backend not in BACKENDS:
        raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    return url


class StoreSettings(ServiceSettings):
    """`database_url` empty means the SQLite file `archive.db` in `data_dir`; `topics_dir` holds the topics' words."""

    database_url: Annotated[str, AfterValidator(_database_url)] = ""
    topics_dir: Path = Path("deploy/topics")

    @model_validator(mode="after")
    def _fill_in_database(self) -> Self:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir.absolute() / 'archive.db'}")
        return self

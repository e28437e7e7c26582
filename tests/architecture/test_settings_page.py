"""The table of settings in docs/commands.md is that of the settings' models."""

import re
from pathlib import Path

from services.console.settings import ConsoleSettings
from services.ingest.settings import IngestSettings
from services.normalize.settings import NormalizeSettings
from services.runtime.settings import PREFIX
from services.store.settings import StoreSettings

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
MODELS = (IngestSettings, NormalizeSettings, StoreSettings, ConsoleSettings)


def test_every_setting_is_in_the_table_and_the_table_names_no_other() -> None:
    (table,) = re.findall(
        r"^## Settings\n(.*?)^## ", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    first_cells = " ".join(row.split("|")[1] for row in table.splitlines() if row.startswith("|"))
    told = set(re.findall(rf"{PREFIX}[A-Z_]+", first_cells))
    assert told == {f"{PREFIX}{name.upper()}" for model in MODELS for name in model.model_fields}

"""`python -m services.store`."""

import asyncio
import os
import sys

from services.runtime.logs import set_up_logs
from services.runtime.monitoring.tracing import tracing
from services.runtime.settings import SettingsError, read_settings

from .app import run_store
from .settings import StoreSettings


def main() -> int:
    """Run the store with settings from the environment; 2 where a setting is wrong."""
    try:
        settings = read_settings(StoreSettings, os.environ)
        set_up_logs("store", settings.log_level, settings.log_format, sample=settings.log_sample)
        with tracing("store", os.environ):
            return asyncio.run(run_store(settings))
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a usage error is for the person who started us
        return 2


if __name__ == "__main__":
    sys.exit(main())

"""How a service's process begins and ends: its settings, its logs and spans, its exit code."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from services.runtime.logs import set_up_logs
from services.runtime.monitoring.tracing import tracing
from services.runtime.settings import ServiceSettings, SettingsError, read_settings

Settings = TypeVar("Settings", bound=ServiceSettings)


def run_process(
    name: str,
    model: type[Settings],
    environ: Mapping[str, str],
    run: Callable[[Settings], Coroutine[Any, Any, int]],
) -> int:
    """Run a service until SIGTERM; returns the exit code: 0 stopped cleanly, 1 a fault, 2 a wrong setting."""
    try:
        settings = read_settings(model, environ)
        set_up_logs(name, settings.log_level, settings.log_format, sample=settings.log_sample)
        with tracing(name, environ):
            return asyncio.run(run(settings))
    except SettingsError as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - a usage error is for the person who started us
        return 2

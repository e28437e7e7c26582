"""One `docker build`, tried again where packages did not come."""

import re
import subprocess
from pathlib import Path

from tests.containers.engine import Engine, EngineError

TRIES = 2
AWAY = re.compile(
    r"Temporary failure in name resolution|Name or service not known|Connection (refused|reset|aborted|broken)|"
    r"[Tt]imed out|Max retries exceeded|Could not fetch|ReadTimeoutError|IncompleteRead|50[0-9] (Server|Bad|Service|Gateway)|"
    r"Failed to fetch|Could not resolve|Unable to locate package"  # apt's words
)


class CannotMake(RuntimeError):
    """An image cannot be made here: packages cannot be fetched. No fault of the product."""


def build_image(engine: Engine, tag: str, context: Path, *options: str) -> None:
    """Build one image. Raises EngineError where the build fails, CannotMake where packages cannot be fetched."""
    command = ["build", "--network=host", "--progress=plain", "--tag", tag, *options, str(context)]
    for attempt in range(1, TRIES + 1):
        try:
            engine.docker(*command, within_s=600)
            return
        except (EngineError, subprocess.TimeoutExpired) as error:
            is_away = isinstance(error, subprocess.TimeoutExpired) or AWAY.search(str(error))
            if not is_away:
                raise
            if attempt == TRIES:
                raise CannotMake(f"packages cannot be fetched: {str(error)[-600:]}") from None

"""The settings of normalize, each read from the environment as CLEANWIRE_<NAME>."""

from pathlib import Path

from services.runtime.settings import ServiceSettings


class NormalizeSettings(ServiceSettings):
    """`topics_dir` holds the topic profiles; an empty folder lets every article through."""

    topics_dir: Path = Path("deploy/topics")

"""The settings of normalize, each read from the environment as CLEANWIRE_<NAME>."""

from pathlib import Path

from services.runtime.kept_pages import PagesUrl
from services.runtime.settings import ServiceSettings


class NormalizeSettings(ServiceSettings):
    """`topics_dir` holds the topic profiles; an empty folder lets every article through.

    `pages_url` is where fetched pages are kept for `cleanwire replay`; empty keeps none.
    `compiled_walk` off: pages are read by the walk in Python, also where the compiled one was built.
    `site_templates` off: every page is judged by itself, nothing is learnt of its site.
    """

    topics_dir: Path = Path("deploy/topics")
    pages_url: PagesUrl = ""
    compiled_walk: bool = True
    site_templates: bool = True

"""From articles.raw to articles.normalized: the article on a page, and why every other block was cut."""

from services.normalize.core.rejections import Rejection
from services.normalize.extract import Extraction, extract

__all__ = ["Extraction", "Rejection", "extract"]

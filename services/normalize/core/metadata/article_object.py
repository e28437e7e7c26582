"""Which JSON-LD object of a page is the article, and its publisher's."""

from collections.abc import Iterator, Mapping
from typing import Any

ARTICLE_TYPES = frozenset(
    [
        "Article",
        "NewsArticle",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
        "BackgroundNewsArticle",
        "ReviewNewsArticle",
        "AskPublicNewsArticle",
        "BlogPosting",
        "LiveBlogPosting",
        "SocialMediaPosting",
        "ScholarlyArticle",
        "TechArticle",
        "Report",
        "SatiricalArticle",
        "AdvertiserContentArticle",
        "Review",
        "PodcastEpisode",
    ]
)
PAGE_TYPES = frozenset(
    ["WebPage", "ItemPage", "MediaObject", "VideoObject", "Recipe", "Product", "ImageGallery", "CreativeWork"]
)

JsonObject = Mapping[str, Any]
REFERRING = ("author", "publisher", "image")
MOST_REFERENCES = 12


def article_objects(json_ld: tuple[dict[str, Any], ...]) -> list[JsonObject]:
    """The page's article objects, surest first: articles, then pages, media and works that carry a date.

    JSON-LD lists outer objects before inner ones, so the first article is the page's own.
    """
    articles: list[JsonObject] = [
        one for one in json_ld if _is_one_of(ARTICLE_TYPES, one) and _says_something(one)
    ]
    others = [one for one in json_ld if one.get("datePublished") and _is_one_of(PAGE_TYPES, one)]
    return [_with_named(one, json_ld) for one in articles[:3] + others[:2]]


def _with_named(one: JsonObject, json_ld: tuple[dict[str, Any], ...]) -> JsonObject:
    """The object with the author, publisher and image that it names by `@id` alone, as content systems write a graph."""
    named = {key: parts for key in REFERRING if any(map(_is_reference, parts := _parts_of(one.get(key))))}
    if not named:
        return one
    known = {str(other["@id"]): other for other in json_ld if "@id" in other and not _is_reference(other)}
    return {**one, **{key: [_looked_up(part, known) for part in parts] for key, parts in named.items()}}


def _parts_of(value: Any) -> list[Any]:
    return value[:MOST_REFERENCES] if isinstance(value, list) else [value]


def _is_reference(value: Any) -> bool:
    return isinstance(value, Mapping) and "@id" in value and not value.keys() - {"@id", "@type"}


def _looked_up(value: Any, known: Mapping[str, Any]) -> Any:
    return known.get(str(value["@id"]), value) if _is_reference(value) else value


def texts_of(value: Any, key: str = "name", depth: int = 3) -> Iterator[str]:
    """The texts of a value that may be a text, an object with `key`, or a list of either."""
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, Mapping) and depth:
        yield from texts_of(value.get(key), key, depth - 1)
    elif isinstance(value, list) and depth:
        for one in value[:50]:
            yield from texts_of(one, key, depth - 1)


def first_text(value: Any, key: str = "name") -> str | None:
    """The first text of a value as above, or None."""
    return next(texts_of(value, key), None)


def _is_one_of(types: frozenset[str], one: JsonObject) -> bool:
    """Whether one of the object's schema.org types, without its address, is among `types`."""
    named = one.get("@type")
    if isinstance(named, str):
        return named.rpartition("/")[2] in types
    names = named if isinstance(named, list) else ()
    return any(name.rpartition("/")[2] in types for name in names if isinstance(name, str))


def _says_something(one: JsonObject) -> bool:
    return any(one.get(key) for key in ("headline", "datePublished", "author", "articleBody"))

"""What an element is called: the groups of its class words and the containers that tag and class make it, as bits."""

from functools import lru_cache

from services.normalize.core.words.class_words import GROUP_NAMES, REMEMBERED, group_mask

CONTAINERS = ("article", "main", "aside", "nav", "footer", "header", "list", "figure", "table", "form", "blockquote",
              "section", "li", "dl", "articlebody")  # fmt: skip
CONTAINER_OF_TAG = {name: name for name in CONTAINERS} | {"ul": "list", "ol": "list", "figcaption": "figure"}
CONTAINER_BIT = {name: 1 << (len(GROUP_NAMES) + place) for place, name in enumerate(CONTAINERS)}
BIT_OF_TAG = {tag: CONTAINER_BIT[container] for tag, container in CONTAINER_OF_TAG.items()}
ARTICLE_BODY = CONTAINER_BIT["articlebody"]


@lru_cache(REMEMBERED)
def element_flags(names: str, tag: str) -> int:
    """The groups of class words and the containers that an element is called by, as bits."""
    flags = group_mask(names) | BIT_OF_TAG.get(tag, 0)
    return flags | ARTICLE_BODY if "articlebody" in names.lower() else flags

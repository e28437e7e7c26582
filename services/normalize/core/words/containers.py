"""What an element is called: the groups of its class words and the containers that tag and class make it, as bits."""

from functools import lru_cache

from services.normalize.core.words.class_words import GROUP_NAMES, REMEMBERED, group_mask

CONTAINERS = ("article", "main", "aside", "nav", "footer", "header", "list", "figure", "table", "form", "blockquote",
              "section", "li", "dl", "articlebody")  # fmt: skip
CONTAINER_OF_TAG = {name: name for name in CONTAINERS} | {"ul": "list", "ol": "list", "figcaption": "figure"}
CONTAINER_BIT = {name: 1 << (len(GROUP_NAMES) + place) for place, name in enumerate(CONTAINERS)}
TAGS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "td", "dd", "dt", "figcaption", "div",
        "section", "article")  # fmt: skip
OTHER_TAG = len(TAGS)
TAG_PLACE = {name: place for place, name in enumerate(TAGS)} | {"th": TAGS.index("td")}
H1, H2, H6 = TAGS.index("h1"), TAGS.index("h2"), TAGS.index("h6")
BIT_OF_TAG = {tag: CONTAINER_BIT[container] for tag, container in CONTAINER_OF_TAG.items()}
ARTICLE_BODY = CONTAINER_BIT["articlebody"]
NAMED_COMMENTS = ARTICLE_BODY << 1  # behind all containers: no feature asks for it
COMMENT_STEMS = ("omment", "oment", "disqus", "respond", "opinie")
"""One of these is in each name of a container of readers' comments; the rule that cuts them reads the names that have one."""
READING_OF_TAG = {
    tag: BIT_OF_TAG.get(tag, 0) | TAG_PLACE.get(tag, OTHER_TAG) << 48 for tag in BIT_OF_TAG | TAG_PLACE
}
"""Tag → the bit of its container and, 48 bits up, its place among `TAGS`: one look-up for _measures.c."""


@lru_cache(REMEMBERED)
def element_flags(names: str, tag: str) -> int:
    """The groups of class words and the containers that an element is called by, as bits."""
    flags, lower = group_mask(names) | BIT_OF_TAG.get(tag, 0), names.lower()
    if "articlebody" in lower:
        flags |= ARTICLE_BODY
    return flags | NAMED_COMMENTS if any(stem in lower for stem in COMMENT_STEMS) else flags

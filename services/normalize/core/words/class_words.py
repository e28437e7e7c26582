"""What class, id and role names say about an element: words grouped by meaning, looked up, never searched for."""

import re

GROUPS: dict[str, str] = {
    "comments": "comment coment comments kommentar kommentare disqus livefyre respond reply replies discussion forum reader commentlist",
    "related": "related relat recommend recommended also more readmore outbrain taboola trending popular mostread mostviewed latest next "
    "prev similar suggest suggested upsale crosslink onward recirc recirculation hot topstories morestories readalso",
    "teaser": "teaser excerpt summary preview card cards item items stream feed tile tiles snippet promo thumb thumbnail",
    "caption": "caption credit credits legend copyright figcaption",
    "media": "photo image images img picture figure media gallery galler slide slides slick swiper carousel video player audio podcast",
    "byline": "byline author authors bio date time meta publish published posted info writer journalist contributor timestamp dateline",
    "tags": "tag tags topic topics breadcrumb breadcrumbs categor category categories kicker label keyword keywords rubric sectionname taxonomy",
    "navigation": "nav menu foot footer header masthead toolbar pagin pagination pager logo search lang skip topbar navigation navbar banner",
    "notice": "newsletter subscri subscribe subscription signup paywall login regist register donat donate donation support appeal cookie "
    "consent gdpr modal popup overlay cta notice alert disclaimer legal about terms premium piano offer member membership",
    "share": "share sharing social follow facebook twitter whatsapp telegram tools print action actions button btn",
    "advert": "advert advertisement ads sponsor sponsored dfp commercial partner promot promoted affiliate adslot",
    "aside": "side aside rail right left second secondary widget box module block sidebar complementary",
    "body": "articlebody articletext articlecontent articlecopy articlemain articledetail storybody storytext storycontent entrycontent "
    "postcontent postbody posttext postentry bodytext bodycopy bodycontent contentbody contenttext maintext maincontent newsbody newstext "
    "detailtext detailcontent richtext prose pagecontent thecontent tdpost entry story",
    "lead": "lead standfirst intro dek subtitle subhead subheadline chapo sapo deck perex vorspann entradilla bajada synopsis description "
    "abstract headlinesub strapline",
    "live": "live update updates keypoint keypoints takeaway takeaways highlight highlights bullet bullets toc tableof",
    "quote": "quote blockquote pullquote pull tweet embed embedded instagram callout factbox fact infobox",
    "product": "product price buy shop rating deal recipe ingredient ingredients stat stats",
    "hidden": "hidden sronly screenreader visually invisible noprint dontprint collapse tooltip",
    "title": "title headline heading headlines",
    "paragraph": "paragraph para text copy article content body post main",
}
"""Group → the words that name it. Words of five letters or more are also found inside longer ones."""

TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
ANYWHERE = 5  # shorter words (`nav`, `ads`, `next`) count as whole tokens only: `shadows` is no ad
LONGEST_TOKEN = 24
REMEMBERED = 20_000  # names; sites repeat theirs on every page, and the memory must stay bounded

GROUP_NAMES: tuple[str, ...] = tuple(GROUPS)
_BIT = {name: 1 << place for place, name in enumerate(GROUPS)}
MASK_OF_WORD: dict[str, int] = {}
"""Word → the groups it names, as bits."""
for _name, _words in GROUPS.items():
    for _word in _words.split():
        MASK_OF_WORD[_word] = MASK_OF_WORD.get(_word, 0) | _BIT[_name]

_WORDS_BEGINNING: dict[str, list[tuple[str, int]]] = {}
for _word, _bits in MASK_OF_WORD.items():
    if len(_word) >= ANYWHERE:
        _WORDS_BEGINNING.setdefault(_word[:ANYWHERE], []).append((_word, _bits))

_token_masks: dict[str, int] = {}
_class_readings: dict[str, tuple[int, str, str]] = {}
_name_masks: dict[str, int] = {"": 0}


def group_bit(name: str) -> int:
    """The bit of the group in a mask.

    >>> group_mask("comment-list") & group_bit("comments") > 0
    True
    """
    return _BIT[name]


def group_mask(names: str) -> int:
    """The groups that the words of class, id and role names belong to, as bits."""
    mask = _name_masks.get(names)
    if mask is None:
        if len(_name_masks) > REMEMBERED:
            _name_masks.clear()
        mask = _name_masks[names] = _mask_of(names)
    return mask


def groups_of_all(names: tuple[str, ...]) -> int:
    """The groups of several such names together."""
    mask = 0
    for one in names:
        mask |= group_mask(one)
    return mask


def _mask_of(names: str) -> int:
    """Name by name: a page's names are put together from far fewer single ones. Two words may make one across them."""
    mask, previous = 0, ""
    for name in names.split():
        reading = _class_readings.get(name)
        if reading is None:
            reading = _reading_of(name)
        own, first, last = reading
        mask |= own
        if first:
            mask |= MASK_OF_WORD.get(previous + first, 0)
            previous = last
    return mask


def _reading_of(name: str) -> tuple[int, str, str]:
    """The groups of a single name, its first and its last word."""
    if len(_class_readings) > REMEMBERED:
        _class_readings.clear()
    tokens = TOKEN.findall(name)
    mask, previous = 0, ""
    for token in map(str.lower, tokens):
        mask |= _token_mask(token) | MASK_OF_WORD.get(previous + token, 0)
        previous = token
    reading = _class_readings[name] = (mask, tokens[0].lower() if tokens else "", previous)
    return reading


def _token_mask(token: str) -> int:
    mask = _token_masks.get(token)
    if mask is None:
        if len(_token_masks) > REMEMBERED:
            _token_masks.clear()
        mask = _token_masks[token] = MASK_OF_WORD.get(token, 0) | _mask_inside(token[:LONGEST_TOKEN])
    return mask


def _mask_inside(token: str) -> int:
    mask = 0
    for start in range(len(token) - ANYWHERE + 1):
        for word, bits in _WORDS_BEGINNING.get(token[start : start + ANYWHERE], ()):
            if token.startswith(word, start):
                mask |= bits
    return mask

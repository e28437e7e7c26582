"""Pages with boxes of other sites in them, to learn from: what is no article differs more between sites than the pages show."""

import random
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bench.extraction.corpus import words

BOX_WORDS = (40, 900)
BOX_TAGS = frozenset(("div", "section", "aside", "ul", "ol", "article"))
BOXES_A_PAGE = 6
UNREAD = frozenset(("script", "style", "noscript", "template"))
FOREIGN = 0.01  # of a box's word triples at most stand in the true text: quoted names and headlines
BODY = 0.85  # of the true text lies in the body; the rest may be the standfirst
SHORTEST_BODY = 20  # true word triples; of less the body's place is not known
MARK = "%FOREIGN BOX {}%"

Weights = dict[int, tuple[int, int]]
"""By an element's `mem_id`: the words in it, and how many word triples in it stand in the true text."""


def foreign_boxes(source: str, text: str, rng: random.Random) -> list[str]:
    """The markup of some elements that hold none of the page's true `text`: lists, teasers, comments, footers."""
    tree = LexborHTMLParser(source)
    found, weights = [], _weigh_elements(tree, text)
    waiting = [tree.body] if tree.body else []
    while waiting:
        node = waiting.pop()
        count, true = weights.get(node.mem_id, (0, 0))
        if count < BOX_WORDS[0]:
            continue
        if node.tag in BOX_TAGS and count <= BOX_WORDS[1] and true <= max(1, FOREIGN * count):
            found.append(node.html or "")
        else:
            waiting += node.iter()
    return rng.sample(found, min(BOXES_A_PAGE, len(found)))


def with_boxes(source: str, text: str, boxes: Sequence[str], rng: random.Random) -> str | None:
    """The page with one or two of the boxes before, behind or in its body; None where there is no body or no box."""
    tree = LexborHTMLParser(source)
    body = _body_of(tree, _weigh_elements(tree, text))
    if body is None or not boxes:
        return None
    chosen = rng.sample(boxes, min(len(boxes), rng.choice((1, 2, 2))))
    for place in range(len(chosen)):
        _insert(body, MARK.format(place), rng)
    html = tree.html or ""
    for place, box in enumerate(chosen):
        html = html.replace(MARK.format(place), box, 1)
    return html


def _weigh_elements(tree: LexborHTMLParser, text: str) -> Weights:
    """How much text, and how much of the true text, each element holds."""
    true = set(_triples(words(text)))
    weights: dict[int, tuple[int, int]] = {}
    for node, own in _texts(tree.body):
        hits = sum(triple in true for triple in _triples(own))
        above = node.parent
        while above is not None:
            count, found = weights.get(above.mem_id, (0, 0))
            weights[above.mem_id] = count + len(own), found + hits
            above = above.parent
    return weights


def _texts(body: LexborNode | None) -> Iterator[tuple[LexborNode, list[str]]]:
    for node in body.traverse(include_text=True) if body else ():
        if node.tag == "-text" and node.parent is not None and node.parent.tag not in UNREAD:
            yield node, words(node.text_content or "")


def _triples(own: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(own, own[1:], own[2:], strict=False)


def _body_of(tree: LexborHTMLParser, weights: Weights) -> LexborNode | None:
    """The smallest element that holds nearly all of the true text."""
    body = tree.body
    whole = weights.get(body.mem_id, (0, 0))[1] if body else 0
    while body is not None and whole >= SHORTEST_BODY:
        inner = [one for one in body.iter() if weights.get(one.mem_id, (0, 0))[1] >= BODY * whole]
        if not inner or inner[0].tag == "p":
            return body
        body = inner[0]
    return None


def _insert(body: LexborNode, mark: str, rng: random.Random) -> None:
    where, children = rng.choice(("before", "behind", "in", "in", "last")), list(body.iter())
    if where == "in" and len(children) > 2:
        rng.choice(children).insert_after(mark)
    elif where in ("in", "last") or body.tag == "body":
        body.insert_child(mark)
    elif where == "before":
        body.insert_before(mark)
    else:
        body.insert_after(mark)

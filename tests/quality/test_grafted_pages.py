"""Pages with boxes of other sites in them: what the training makes of a page, on a page written here."""

import random

from selectolax.lexbor import LexborHTMLParser

from bench.extraction.corpus import TruePage
from bench.extraction.grafts import foreign_boxes, with_boxes
from bench.extraction.samples import page_sample

TEXT = "\n\n".join(
    f"The envoy arrived on day {day} for talks that both sides called constructive and long overdue in the capital."
    for day in range(4)
)
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT.split("\n\n"))
TEASER = "<p>Islanders wait for the ferry as the winter storm closes the harbour</p>"
PAGE = (
    "<html><body><h1>Envoy arrives</h1>"
    f'<div id="story"><div id="body">{BODY}</div></div>'
    f'<aside id="more">{TEASER * 5}</aside><div id="few">{TEASER}</div>'
    f"<div id='both'>{TEASER * 5}<p>{TEXT[:60]}</p></div></body></html>"
)
BOX = (
    f'<ul class="most-read">{"<li>A bridge was opened in the north and nobody crossed it yet</li>" * 6}</ul>'
)


def ids_of(boxes: list[str]) -> set[str | None]:
    return {LexborHTMLParser(box).css("[id]")[0].attributes["id"] for box in boxes}


def test_a_box_for_other_pages_holds_enough_text_and_none_of_the_article():
    assert ids_of(foreign_boxes(PAGE, TEXT, random.Random(1))) == {"more"}


def test_a_page_with_foreign_boxes_keeps_its_text_and_holds_theirs_whole():
    for seed in range(20):
        html = with_boxes(PAGE, TEXT, [BOX, BOX.replace("ul", "ol")], random.Random(seed))
        assert html is not None
        found = LexborHTMLParser(html)
        assert "FOREIGN" not in html
        assert 6 <= len(found.css(".most-read li")) <= 12
        assert [one.text() for one in found.css("#body > p")] == TEXT.split("\n\n")


def test_boxes_come_before_behind_and_into_the_body():
    parents = set()
    for seed in range(40):
        tree = LexborHTMLParser(with_boxes(PAGE, TEXT, [BOX, BOX], random.Random(seed)) or "")
        parents |= {box.parent.attributes.get("id") for box in tree.css(".most-read") if box.parent}
    assert parents == {"story", "body"}


def test_without_a_body_or_a_box_there_is_no_variant():
    assert with_boxes(PAGE, "Nothing of this stands anywhere.", [BOX, BOX], random.Random(1)) is None
    assert with_boxes(PAGE, "", [BOX, BOX], random.Random(1)) is None
    assert with_boxes(PAGE, TEXT, [], random.Random(1)) is None


def test_blocks_of_a_foreign_box_are_learnt_as_no_article():
    html = (with_boxes(PAGE, TEXT, [BOX, BOX], random.Random(1)) or "").encode()
    row = {"id": "1", "url": "https://a.example/", "site": "a.example", "text": TEXT}
    plain, grafted = (
        page_sample(TruePage("own", row, one, 0, suspect=False)) for one in (PAGE.encode(), html)
    )
    assert plain is not None
    assert grafted is not None
    assert len(grafted.labels) == len(plain.labels) + html.count(b"A bridge")
    assert grafted.labels.sum() == plain.labels.sum() > 0

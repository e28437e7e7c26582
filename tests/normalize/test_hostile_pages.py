"""Pages made to be slow or large: within two seconds, or refused before they are parsed."""

import time

import pytest

from services.normalize.core.judging.keep import judge_blocks
from services.normalize.core.reading.page import Page, read_page
from services.normalize.core.rejections import Rejection

PARAGRAPH = b"<p>Some words of a paragraph that is long enough, with commas, and a full stop.</p>"
PAGES = {
    "ten megabytes": PARAGRAPH * (10_000_000 // len(PARAGRAPH)),
    "200,000 nodes": b"<div><span>a</span> b</div>" * 70_000,
    "10,000 deep": b"<div>" * 10_000 + b"text " * 100,
    "200,000 deep": b"<div class=x>t" * 200_000,
    "formatting elements": b"<p><font><b><i>x" * 20_000,
    "one line of 5 MB": b"word " * 1_000_000,
    "5 MB without a blank": b"x" * 5_000_000,
    "nested JSON-LD": b'<script type="application/ld+json">' + b"[" * 100_000 + b"</script>" + PARAGRAPH,
    "wide JSON-LD": b'<script type="application/ld+json">['
    + b'{"@type":"Article","headline":"x"},' * 60_000
    + b"1]</script>",
    "100,000 attributes": b"<div " + b" ".join(b"a%d=1" % one for one in range(100_000)) + b">x</div>",
    "attributes without values": b"<div " + b" ".join(b"a%d" % one for one in range(100_000)) + b">x</div>",
    "attributes that hold tags": b"<div "
    + b" ".join(b'a%d="<p>"' % one for one in range(100_000))
    + b">x</div>",
    "attributes without blanks": b"<div "
    + b"".join(b"a%d='>'" % one for one in range(100_000))
    + b">x</div>",
    "many tags of many attributes": (b"<p " + b" ".join(b"a%d" % one for one in range(2000)) + b">x") * 600,
    "quotes without end": b"<a \"'" * 400_000 + b"=" * 30_000,
    "scripts without end": b'<script "' * 300_000 + b"=" * 30_000,
    "classes all different": b"".join(
        b"<div class='c%d x%d'>x y</div>" % (one, one) for one in range(40_000)
    ),
    "broken surrogates": b"<p>\xed\xa0\x80 text \xed\xbf\xbf</p>" * 50,
}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_takes_longer_than_two_seconds(name):
    start = time.process_time()
    page = read_page(PAGES[name], "https://a.example/", "text/html")
    if isinstance(page, Page):
        judge_blocks(page)
    assert time.process_time() - start < 2


def test_markup_nested_beyond_reason_is_refused_by_name():
    refused = read_page(PAGES["200,000 deep"], "", None)
    assert isinstance(refused, Rejection)
    assert "12,000 deep" in refused.detail


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith(("attributes", "many tags"))])
def test_tags_of_very_many_attributes_are_refused_however_they_are_written(name):
    refused = read_page(PAGES[name], "", None)
    assert isinstance(refused, Rejection)
    assert "attributes" in refused.detail


def test_a_long_value_of_one_attribute_is_no_attack():
    data = "{'a': 1, 'b': [2, 3]} " * 20_000
    page = f'<html><body><div data-page="{data}"><p>Some words of a paragraph.</p></div></body></html>'
    assert isinstance(read_page(page.encode(), "", None), Page)


def test_an_ordinary_long_page_is_not_refused():
    assert isinstance(read_page(PARAGRAPH * 20_000, "", None), Page)

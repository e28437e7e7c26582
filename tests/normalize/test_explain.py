"""The ledger shown: everything of the page is there, and nothing of it steers the reader's screen."""

import re

from services.normalize import Extraction, extract
from services.normalize.explain import explain_html, explain_lines

PAGE = (
    "<html><head><title>Ferry &lt;late&gt;</title></head><body><nav><a href='/'>Home page</a></nav><article><h1>Ferry &lt;late&gt;</h1>"
    + "<p>The ferry left an hour late on Monday because the crew had waited for a load of medicine, the harbour said.</p>"
    * 1
    + "<p>A second boat will join in May \x1b[31mwhen\x1b[0m the school opens and eighty pupils &lt;b&gt;need&lt;/b&gt; a way across.</p>"
    + "<p>The company has run the line since 1953 and has been late on eleven days this year, its own record shows.</p>"
    "</article><aside><ul><li><a href='/1'>Ten best pies</a></li><li><a href='/2'>Ten best hats</a></li></ul></aside></body></html>"
)


def extraction() -> Extraction:
    found = extract(PAGE.encode(), "https://ledger.example/ferry", "text/html")
    assert isinstance(found, Extraction)
    return found


def test_every_block_is_a_line_with_its_reason() -> None:
    found = extraction()
    lines = list(explain_lines(found))
    marked = [line for line in lines if line.startswith(("+ ", "- "))]
    assert len(marked) == len(found.blocks)
    assert all(re.search(r"\[.+ · .+\]$", line) for line in marked)
    assert sum(line.startswith("+ ") for line in marked) == sum(block.kept for block in found.blocks)


def test_terminal_is_not_steered_by_the_page() -> None:
    assert not any("\x1b" in line for line in explain_lines(extraction()))


def test_colour_is_asked_for() -> None:
    assert any("\x1b[32m+" in line for line in explain_lines(extraction(), colour=True))


def test_page_of_the_ledger_needs_nothing_from_outside_and_runs_nothing() -> None:
    shown = explain_html(extraction())
    assert "default-src 'none'" in shown
    assert not re.search(r"<script|<link|src=|url\(", shown)
    assert "&lt;b&gt;need" in shown
    assert shown.count('class="block ') == len(extraction().blocks)
    assert 'class="block cut ' in shown and 'class="block kept ' in shown


def test_page_says_how_to_read_it_and_what_the_publisher_wishes() -> None:
    page = PAGE.replace("<head>", "<head><meta name='robots' content='noarchive, noai'>")
    found = extract(page.encode(), "https://ledger.example/ferry", "text/html")
    assert isinstance(found, Extraction)
    shown = explain_html(found)
    kept = sum(block.kept for block in found.blocks)
    assert f"{kept} of {len(found.blocks)} blocks kept" in shown
    assert "struck in the colour of its reason" in shown
    assert "<th>rights</th><td>noai,noarchive, no AI</td>" in shown

"""What was kept of a page, what was cut and why: as lines for a terminal and as one HTML page. Nothing is decided here."""

from collections import Counter
from collections.abc import Iterator
from html import escape

from services.contracts.messages import ArticleDate, Block, Image, Rights
from services.normalize.extract import Extraction

HUES = (210, 30, 280, 0, 160, 330, 50, 190, 250, 100)
KEPT_MARK, CUT_MARK = "+", "-"
GREEN, RED, DIM, END = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"
LONGEST_LINE = 240
SHOWN_IMAGES = 3
CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), "·")

STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fdfdfb; --faint: #6b6b6b; --line: #ddd; --light: 36%; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e3; --paper: #17181a; --faint: #9a9a96; --line: #3a3b3e; --light: 68%; } }
body { font: 17px/1.55 Georgia, serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } table, .legend, .key, .why { font: 13px/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; margin: 1rem 0; } td, th { border-top: 1px solid var(--line); padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; } th { color: var(--faint); font-weight: normal; white-space: nowrap; } .key { color: var(--faint); max-width: 46rem; }
.legend span { display: inline-block; margin: 0 1rem .3rem 0; } .tone { --tone: hsl(var(--hue) 65% var(--light)); }
.block { display: grid; grid-template-columns: minmax(0, 1fr) 13rem; gap: 1.2rem; margin: .7rem 0; padding-left: .8rem; border-left: 3px solid transparent; overflow-wrap: anywhere; }
.cut { border-color: var(--tone); color: var(--faint); } .cut .text { text-decoration: line-through; text-decoration-color: var(--tone); }
.why { color: var(--tone, var(--faint)); padding-top: .25rem; } .heading .text { font-weight: bold; } .text { white-space: pre-line; }
@media (max-width: 44rem) { .block { grid-template-columns: minmax(0, 1fr); gap: 0; } }
"""
SCORE = "the score is the model's log-odds that a block is article text: above 0 it is likelier than not"
KEY = f"Cut text is struck in the colour of its reason. Beside each block: reason · rule, score; {SCORE}."


def explain_lines(extraction: Extraction, *, colour: bool = False) -> Iterator[str]:
    """The article's fields, then every block in the page's order: `+` kept, `-` cut, with reason, rule and score.

    Control characters of the page are shown as dots: a page must not steer the reader's terminal.
    """
    for name, value in _fields(extraction):
        yield f"{name:<12} {_safe(value)}"
    yield ""
    for block in extraction.blocks:
        yield _line(block, colour=colour)
    yield ""
    yield f"{_sum(extraction)}; {SCORE}"


def explain_html(extraction: Extraction) -> str:
    """One self-contained HTML page: kept text as it reads, cut text struck and coloured by its reason."""
    reasons = Counter(block.reason for block in extraction.blocks if not block.kept)
    tones = {reason: HUES[n % len(HUES)] for n, (reason, _) in enumerate(reasons.most_common())}
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in _fields(extraction)
    )
    legend = "".join(
        f'<span style="{_tone(tones[reason])}" class="why tone">■ {escape(reason)} ({times})</span>'
        for reason, times in reasons.most_common()
    )
    blocks = "\n".join(_html_block(block, tones) for block in extraction.blocks)
    title = escape(extraction.title or "(no title)")
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{STYLE}</style></head>\n'
        f"<body><h1>{title}</h1><table>{rows}</table>\n"
        f'<p class="key">{escape(_sum(extraction))}. {escape(KEY)}</p><p class="legend">{legend}</p>\n{blocks}\n</body></html>\n'
    )


def _sum(extraction: Extraction) -> str:
    kept = sum(line["kept"] for line in extraction.ledger)
    share = extraction.quality.kept_share
    return f"{kept} of {len(extraction.ledger)} blocks kept, {share:.0%} of the page's text"


def _fields(extraction: Extraction) -> Iterator[tuple[str, str]]:
    provenance = extraction.provenance
    shown = {
        "title": extraction.title,
        "standfirst": extraction.standfirst,
        "authors": ", ".join(f"{author.name} ({author.role})" for author in extraction.authors),
        "published": _date(extraction.published),
        "modified": _date(extraction.modified),
        "outlet": extraction.outlet,
        "section": extraction.section,
        "language": extraction.language,
        "agency": provenance.agency,
        "dateline": provenance.dateline,
        "role": f"{provenance.role} (confidence {provenance.confidence:.1f}{_quoted(provenance.evidence)})",
        "credits": ", ".join(f"{credit.name} ({credit.role})" for credit in provenance.credits),
        "cites": ", ".join(provenance.cites),
        "labels": ", ".join(extraction.labels),
        "images": "; ".join(_image(image) for image in extraction.images[:SHOWN_IMAGES]),
        "canonical": extraction.canonical_url,
        "rights": _rights(extraction.rights),
        "quality": f"{extraction.quality.score:.2f}, {extraction.quality.words} words",
    }
    return ((name, value) for name, value in shown.items() if value)


def _quoted(evidence: str | None) -> str:
    return f", by “{evidence}”" if evidence else ""


def _image(image: Image) -> str:
    said = [part for part in (image.caption, f"credit {image.credit}" if image.credit else None) if part]
    return f"{image.url} ({', '.join(said)})" if said else image.url


def _rights(rights: Rights) -> str:
    wishes = [rights.robots, f"tdm {rights.tdm}" if rights.tdm else None, "no AI" if rights.noai else None]
    return ", ".join(wish for wish in wishes if wish)


def _date(date: ArticleDate | None) -> str | None:
    if date is None:
        return None
    zone = f", zone {date.zone}" if date.zone else ""
    return f"{date.value} (to the {date.precision}{zone}, from {date.evidence})"


def _line(block: Block, *, colour: bool) -> str:
    text = _safe(block.text)
    text = text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"
    mark, tint = (KEPT_MARK, GREEN) if block.kept else (CUT_MARK, RED)
    if not colour:
        return f"{mark} {text}  [{_why(block)}]"
    return f"{tint}{mark} {text}{END}  {DIM}[{_why(block)}]{END}"


def _html_block(block: Block, tones: dict[str, int]) -> str:
    tone = "" if block.kept else f' style="{_tone(tones[block.reason])}"'
    names = f"block {'kept' if block.kept else 'cut tone'} {block.kind}"
    return (
        f'<div class="{escape(names)}"{tone}><span class="text">{escape(block.text)}</span> '
        f'<span class="why">{escape(_why(block))}</span></div>'
    )


def _why(block: Block) -> str:
    score = "" if block.score is None else f", {block.score:+.1f}"
    return f"{block.reason} · {block.rule or 'model'}{score}"


def _tone(hue: int) -> str:
    return f"--hue: {hue}"


def _safe(text: str) -> str:
    return text.translate(CONTROLS)

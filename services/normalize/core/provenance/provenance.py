"""Where a report comes from, as its page shows it: agency, dateline, credits, cited outlets, and the role they make."""

from collections.abc import Sequence

from services.contracts.messages import Author, PageRole, Provenance
from services.normalize.core.provenance.cites import Cite, read_cites
from services.normalize.core.provenance.credit_line import CreditLine
from services.normalize.core.provenance.dateline import Dateline
from services.normalize.core.words.agencies import agency_named
from services.normalize.core.words.plain_words import plain, squeezed

LEAD_CHARS = 700  # a report on a report says whose it is in its first paragraphs
OFTEN = 2  # mentions of the same source that make it the base of an article, not a side remark

SURE_REWRITE, LIKELY_REWRITE, LIKELY_REPORT, OWN_REPORT, UNKNOWN = 0.9, 0.8, 0.7, 0.7, 0.4


def read_provenance(
    text: str,
    *,
    outlet: str | None,
    authors: Sequence[Author],
    dateline: Dateline | None,
    credit_lines: Sequence[CreditLine],
) -> Provenance:
    """The provenance of an article with the body `text`; `copy` and `excerpt` are not decided here.

    `confidence` is of the role, 0 to 1, and `evidence` the words of the page that showed it.
    """
    agency = _agency(authors, dateline, credit_lines)
    own = frozenset(plain(name) for name in (outlet, agency) if name)
    cites = read_cites(text, own)
    others = [line for line in credit_lines if not _is_of_its_own(line, outlet)]
    role, confidence, evidence = _role(cites, dateline, others)
    return Provenance(
        agency=agency,
        role=role,
        credits=tuple(credit for line in credit_lines for credit in line.credits),
        credit_line="\n".join(line.line for line in credit_lines) or None,
        dateline=dateline.line if dateline else None,
        cites=tuple(cite.name for cite in cites),
        confidence=confidence,
        evidence=evidence,
    )


def _agency(
    authors: Sequence[Author], dateline: Dateline | None, credit_lines: Sequence[CreditLine]
) -> str | None:
    """The agency of the dateline, else of the byline, else of the credit line."""
    named = [dateline.agency] if dateline else []
    named += [agency_named(author.name) for author in authors]
    named += [line.agency for line in credit_lines]
    return next((agency for agency in named if agency), None)


def _is_of_its_own(line: CreditLine, outlet: str | None) -> bool:
    """`Quelle: ntv.de` at ntv names nobody else."""
    return bool(outlet and line.inputs) and squeezed(line.inputs or "").startswith(squeezed(outlet or ""))


def _role(
    cites: Sequence[Cite], dateline: Dateline | None, credit_lines: Sequence[CreditLine]
) -> tuple[PageRole, float, str | None]:
    for line in credit_lines:
        if line.inputs:
            return "rewrite", SURE_REWRITE if not line.credits else LIKELY_REWRITE, line.line
    base = max(cites, key=lambda cite: cite.times, default=None)
    if (
        base
        and base.times >= OFTEN
        and min(cite.start for cite in cites if cite.name == base.name) < LEAD_CHARS
    ):
        return "report-on-report", LIKELY_REPORT, base.span
    if dateline:
        return "original", OWN_REPORT, dateline.line
    return "original", UNKNOWN, None

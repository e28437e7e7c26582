"""Notes to the reader that stand among the paragraphs: appeals, sign-up boxes, cookies, paywalls, notes on pictures."""

from services.normalize.core.judging.draft import Draft
from services.normalize.core.judging.rules.notice_phrases import NOTICE_CHARS, NOTICES
from services.normalize.core.words.phrases import WIDE_NOTICE


def cut_notices(draft: Draft) -> None:
    """Cut short paragraphs that speak to the reader of the page, not of the news.

    Needed for pages that put "Our journalism needs your support" between the paragraphs, in the paragraphs' own class.
    """
    blocks, facts = draft.scored.page.blocks, draft.scored.facts
    for at in draft.kept_places():
        if not facts.notices[at] and not facts.may_be_wide:
            continue
        text = blocks[at].text
        if len(text) <= NOTICE_CHARS:
            reason = _reason_of(text, facts.notices[at], may_be_wide=facts.may_be_wide)
            if reason is not None:
                draft.cut(at, "notices", reason)


def _reason_of(text: str, notices: int, *, may_be_wide: bool) -> str | None:
    wide = may_be_wide and not text.isascii() and WIDE_NOTICE.search(text) is not None
    if not notices and not wide:
        return None
    lower = text.lower()
    for place, notice in enumerate(NOTICES):
        if len(text) <= notice.longest and (wide or notices >> place & 1) and notice.is_in(lower):
            return notice.reason
    return None

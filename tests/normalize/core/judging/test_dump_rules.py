"""Rules that a page's plain-text dump needs: lists of headlines, interviews behind a box of links, appeals, footers."""

from services.normalize import Extraction, extract

PARAGRAPHS = [
    "The ferry to the northern islands left an hour late on Monday because the crew had waited for a load of medicine.",
    "Harbour master Olga Reet said that the winter timetable would hold, and that nobody had been left on the pier.",
    "The company has run the line since 1953 and has been late on eleven days this year, its own record shows.",
    "A second boat will join in May, when the school at Lower Bay opens and eighty pupils need a way across.",
]
HEADLINES = [
    f"* Islanders {verb} as the winter storm closes {count} roads and the last bus is full again"
    for count, verb in enumerate(
        ("wait", "walk", "sing", "wonder", "cheer", "queue", "laugh", "sleep", "argue", "leave")
    )
]


def kept(*lines: str) -> list[str]:
    found = extract("\n\n".join(lines).encode(), "", "text/plain")
    assert isinstance(found, Extraction), found
    return [block.text for block in found.blocks if block.kept]


def test_long_list_of_other_articles_headlines_is_no_text() -> None:
    assert not set(kept(*PARAGRAPHS, *HEADLINES, *PARAGRAPHS[:1])) & {
        line.removeprefix("* ") for line in HEADLINES
    }
    assert not [line for line in kept(*PARAGRAPHS, *HEADLINES) if "Islanders" in line]


def test_bullets_that_are_sentences_stay() -> None:
    points = [f"* Line {n} will run every hour until the first of March, the company said." for n in range(9)]
    found = kept(*PARAGRAPHS, "\n".join(points), *PARAGRAPHS[:2])
    assert sum("will run every hour" in line for line in found) >= 8


def test_interview_goes_on_behind_a_box_of_links() -> None:
    answers = [
        f"„{said} Das war an jenem Morgen im Hafen von Lower Bay, als wir alle auf das Schiff gewartet haben.“"
        for said in (
            "Niemand wusste, ob die Fähre noch kommt, und der Wind nahm zu.",
            "Die Kinder saßen auf den Koffern und sangen, weil ihnen kalt war.",
            "Der Kapitän rief an und sagte, er warte noch auf die Medizin.",
            "Gegen neun Uhr sahen wir endlich die Lichter hinter der Mole.",
        )
    ]
    lines = (*PARAGRAPHS, *answers[:2], "Mehr zum Thema", "Fähre fällt aus", *answers[2:])
    assert kept(*lines)[-2:] == answers[2:]


def test_appeal_for_gifts_is_no_text() -> None:
    appeal = "Will you help? Your contribution of as little as two crowns keeps the Ledger's reporters on the pier."
    plea = (
        "Give today and keep our stories free for every reader on the islands, whatever the weather brings."
    )
    assert not {appeal, plea} & set(kept(*PARAGRAPHS, appeal, plea))


def test_rights_note_of_a_ukrainian_footer_is_no_text() -> None:
    note = "Використання матеріалів сайту дозволено лише за умови посилання на видання «Ліхтар» у першому абзаці тексту."
    assert note not in kept(*PARAGRAPHS, note)

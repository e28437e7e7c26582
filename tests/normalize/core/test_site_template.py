"""What a site prints around its articles is learnt from what it printed before, and never from the article itself."""

from hypothesis import given
from hypothesis import strategies as st

from bench.site_templates import score_stream
from services.normalize import Extraction, extract
from services.normalize.core.site_template import (
    MOST_SIGHTINGS,
    Sighting,
    apply_template,
    frame_is_gone,
    hash_of,
    outdated,
    pack,
    sighting_of,
    template_version,
    unpack,
)

APPEAL = "No owner tells us what to write: please give what you can today, so that this newsroom stays open for all of our towns."
NOUNS = ("harbour", "school", "bridge", "market", "museum", "orchard", "library", "tramway")


def text_of(n: int) -> list[str]:
    return [
        f"The {NOUNS[(n + k) % 8]} number {n} was closed on day {k} because the crew had waited for {n * 7 + k} loads of timber."
        for k in range(5)
    ]


def page(
    n: int, *more: str, paragraphs: list[str] | None = None, menu: str = "Islands Sport Weather Letters"
) -> Extraction:
    body = "".join(f"<p>{one}</p>" for one in [*(paragraphs or text_of(n)), *more])
    head = f"<title>The {NOUNS[n % 8]} number {n} closes</title>"
    html = (
        f"<html lang='en'><head>{head}</head><body><ul>{''.join(f'<li><a href=/{w}>{w} and all about it</a></li>' for w in menu.split())}</ul>"
        f"<article><h1>The {NOUNS[n % 8]} number {n} closes</h1><div class='text'>{body}</div></article></body></html>"
    )
    found = extract(html.encode(), f"https://ledger.example/{n}", "text/html")
    assert isinstance(found, Extraction), found
    return found


def sighting(n: int, found: Extraction) -> Sighting:
    return sighting_of(f"{n:016x}" + "0" * 16, 20_000, found)


def judged(n: int, found: Extraction, others: list[Sighting]) -> Extraction:
    return apply_template(found, sighting(n, found), others)


def test_paragraph_on_the_sites_other_articles_is_cut_with_its_evidence() -> None:
    others = [sighting(n, page(n, APPEAL)) for n in range(1, 5)]
    found = page(9, APPEAL)
    assert APPEAL in found.text
    clean = judged(9, found, others)
    assert clean.text.split("\n\n") == text_of(9)
    [block] = [block for block in clean.blocks if block.text == APPEAL]
    assert (block.kept, block.rule, block.reason) == (
        False,
        "site template",
        "the site's own: on 4 of 4 other articles",
    )
    assert clean.quality.words == len(clean.text.split())


def test_two_articles_are_no_evidence() -> None:
    others = [sighting(n, page(n, APPEAL)) for n in (1, 2)]
    assert APPEAL in judged(9, page(9, APPEAL), others).text


def test_paragraph_on_few_of_many_articles_is_background_not_template() -> None:
    others = [sighting(n, page(n, APPEAL)) for n in range(1, 4)] + [
        sighting(n, page(n)) for n in range(10, 20)
    ]
    assert APPEAL in judged(9, page(9, APPEAL), others).text


def test_one_article_seen_again_and_again_counts_once() -> None:
    again = [sighting(1, page(1, APPEAL))] * 5
    known = {one.article: one for one in again}
    assert APPEAL in judged(9, page(9, APPEAL), list(known.values())).text


def test_versions_of_one_article_are_no_evidence_against_each_other() -> None:
    others = [sighting(n, page(n, paragraphs=text_of(9))) for n in range(1, 6)]
    assert judged(9, page(9), others).text.split("\n\n") == text_of(9)


def test_article_is_no_evidence_against_itself() -> None:
    own = page(9, APPEAL)
    others = [sighting(9, own)] + [sighting(n, page(n)) for n in range(1, 5)]
    assert APPEAL in judged(9, own, others).text


def test_headline_of_another_article_in_the_body_is_a_related_list() -> None:
    others = [sighting(n, page(n)) for n in range(1, 5)]
    found = page(9, "The school number 1 closes")
    if "The school number 1 closes" in found.text:
        assert "The school number 1 closes" not in judged(9, found, others).text
    blocks = [
        block for block in judged(9, found, others).blocks if block.text == "The school number 1 closes"
    ]
    assert blocks and not any(block.kept for block in blocks)


def test_template_that_would_cut_most_of_an_article_is_not_applied() -> None:
    long = [f"{APPEAL} {n}" for n in range(12)]
    others = [sighting(n, page(n, *long)) for n in range(1, 6)]
    found = page(9, *long)
    assert judged(9, found, others) == found


def test_version_names_what_is_known() -> None:
    plain = [sighting(n, page(n)) for n in range(1, 5)]
    with_appeal = [sighting(n, page(n, APPEAL)) for n in range(1, 5)]
    assert template_version([]) is None
    assert template_version(plain[:2]) is None
    assert template_version(with_appeal) == template_version(list(reversed(with_appeal)))
    assert template_version(with_appeal) != template_version(plain)


def test_page_without_its_sites_usual_lines_raises_the_alarm() -> None:
    others = [sighting(n, page(n)) for n in range(1, 7)]
    same, rebuilt = page(9), page(9, menu="Eilande Wetter Briefe Fußball")
    assert not frame_is_gone(sighting(9, same), others)
    assert frame_is_gone(sighting(9, rebuilt), others)
    assert not frame_is_gone(sighting(9, rebuilt), others[:3])


def test_oldest_sightings_make_room() -> None:
    def seen(n: int, day: int) -> Sighting:
        return Sighting(f"{n:016x}", day, hash_of(str(n)), frozenset(), frozenset())

    full = [seen(n, 100 + n) for n in range(MOST_SIGHTINGS)]
    assert outdated(full, 130) == [f"{0:016x}"]
    assert outdated([seen(1, 10), seen(2, 100)], 101) == [f"{1:016x}"]


HASHES = st.frozensets(st.binary(min_size=8, max_size=8), max_size=40)


@given(day=st.integers(0, 2**31), title=st.binary(min_size=8, max_size=8), body=HASHES, frame=HASHES)
def test_packed_sighting_comes_back_as_it_was(
    day: int, title: bytes, body: frozenset[bytes], frame: frozenset[bytes]
) -> None:
    one = Sighting("a" * 16, day, title, body, frame)
    assert unpack(one.article, pack(one)) == one


@given(st.binary(max_size=200))
def test_foreign_bytes_are_forgotten_or_read_but_never_fatal(packed: bytes) -> None:
    one = unpack("a" * 16, packed)
    assert one is None or isinstance(one, Sighting)


def test_stream_of_a_site_gains_by_what_was_seen() -> None:
    score = score_stream(articles=16)
    assert score.worse == 0
    assert score.known > score.alone + 0.03

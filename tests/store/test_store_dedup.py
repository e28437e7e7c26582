"""Articles from a list through a fresh archive, and how well their verdicts agree with groups that were given."""

from services.store.dedup import dedup_rows, figures_of
from tests.store.builders import make_text


def row(name, seed):
    return {
        "id": name,
        "title": f"What happened in case number {seed}",
        "text": make_text(seed),
        "language": "en",
    }


async def test_figures_say_how_canonicals_agree_with_the_groups_given():
    results = await dedup_rows([row("a", 1), row("b", 2), row("copy of a", 1)])
    told = figures_of(["1", "2", "1"], results)
    assert told.startswith("3 articles in 2 groups; 1 tied to another on arrival\n")
    assert "canonical_id against group: B-cubed precision 1.0000, recall 1.0000, F 1.0000" in told
    assert "canonical_id against group: B-cubed precision 0.6667, recall 1.0000" in figures_of("123", results)

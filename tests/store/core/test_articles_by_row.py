"""Articles by row: names and vectors come back, rows are never used twice, compiled as in Python; nothing is left behind."""

import gc
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.store.core.stories import arithmetic
from services.store.core.stories.articles import Articles
from tests.memory import needs_proc, resident_bytes

needs_compiled = pytest.mark.skipif(
    not arithmetic.IS_COMPILED, reason="not built: no C compiler when cleanwire was installed"
)

NAMES = st.sampled_from(["a", "b", "", "ä", "статья", "a\x00b"]) | st.text(max_size=3).filter(
    lambda name: name.isascii() or name.isalpha()
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add", "remove"]), NAMES, st.binary(max_size=20)), max_size=80
)


@pytest.mark.parametrize("make", [Articles, arithmetic.new_articles])
@settings(deadline=None)
@given(steps=STEPS)
def test_articles_are_those_that_came_and_have_not_gone(make, steps: list[tuple[str, str, bytes]]) -> None:
    articles, here, rows = make(), dict[str, tuple[int, bytes]](), 0
    for what, name, vector in steps:
        if what == "remove":
            assert articles.remove(name) == here.pop(name, (None,))[0]
        elif name not in here:
            assert articles.add(name, vector) == rows
            here[name], rows = (rows, vector), rows + 1
        assert articles.row(name) == here.get(name, (None,))[0]
    assert articles.names() == list(here) and len(articles) == len(here)
    for name, (row, vector) in here.items():
        assert (articles.row(name), articles.name(row), articles.vector(row)) == (row, name, vector)


@pytest.mark.parametrize("make", [Articles, arithmetic.new_articles])
def test_row_without_an_article_and_a_name_that_is_here_are_refused(make) -> None:
    articles = make()
    articles.add("a", b"1")
    articles.add("b", b"2")
    articles.remove("a")
    for row in (0, -1, 2):
        with pytest.raises(IndexError):
            articles.name(row)
        with pytest.raises(IndexError):
            articles.vector(row)
    with pytest.raises(ValueError, match="'b' is here already"):
        articles.add("b", b"3")
    assert articles.add("a", b"3") == 2


@pytest.mark.parametrize("make", [Articles, arithmetic.new_articles])
def test_articles_of_any_size_are_kept_while_thousands_come_and_go(make) -> None:
    articles = make()
    kept = {}
    for number in range(20_000):
        name = f"{number:032x}"
        kept[name] = bytes([number % 256]) * (1_000_000 if number % 7_000 == 6_999 else number % 300)
        articles.add(name, kept[name])
        if number % 3 == 0:
            gone = f"{number // 2:032x}"
            assert (articles.remove(gone) is None) == (kept.pop(gone, None) is None)
    assert articles.names() == list(kept)
    assert all(articles.vector(articles.row(name)) == vector for name, vector in kept.items())


@needs_compiled
@pytest.mark.parametrize("odd", [None, 7, b"a"])
def test_what_is_no_name_is_refused_by_name(odd: object) -> None:
    articles = arithmetic.new_articles()
    for ask in (articles.row, articles.remove, lambda name: articles.add(name, b"")):
        with pytest.raises(TypeError, match="an article's name is a string"):
            ask(odd)
    with pytest.raises(TypeError):
        articles.add("a", "no bytes")


@needs_compiled
@needs_proc
def test_compiled_articles_go_back_to_the_system_when_they_go() -> None:
    def come_and_go() -> None:
        articles = arithmetic.new_articles()
        for number in range(20_000):
            articles.add(f"{number:032x}", bytes(500))

    come_and_go()
    gc.collect()
    before = resident_bytes()
    tracemalloc.start()
    try:
        held = tracemalloc.get_traced_memory()[0]
        for _ in range(5):
            come_and_go()
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - held < 50_000
    finally:
        tracemalloc.stop()
    assert resident_bytes() - before < 30_000_000  # five that stayed would be fifty-five megabytes

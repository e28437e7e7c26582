"""What the fuzzer holds a page to, on pages that keep it and on a fault that breaks it."""

from bench.fuzz_target import check_page, signature_of
from tests.places import CORPUS


def test_pages_of_the_corpus_keep_every_promise() -> None:
    for page in sorted(CORPUS.glob("*.html")):
        for kind in (b"\x00\x00", b"\x01\x01", b"\x02\x02", b"\x03\x03"):
            check_page(kind + page.read_bytes())


def test_page_of_two_bytes_is_no_finding() -> None:
    check_page(b"\x01")
    check_page(b"\x01\x01")


def test_faults_that_differ_in_numbers_only_are_one() -> None:
    assert signature_of("IndexError: at 17 of 0x7f") == signature_of("IndexError: at 4 of 0x1a\nTraceback")
    assert signature_of("IndexError: at 17") != signature_of("KeyError: at 17")

"""One article's spans are one tree over the three services, and its log lines say the tree's name."""

from itertools import pairwise

from tests.monitoring.conftest import SERVICES, Walked, wait_until
from tests.monitoring.otlp_receiver import ReceivedSpan

STEPS = [
    ("cleanwire-ingest", "process fetch.requests"),
    ("cleanwire-normalize", "process articles.raw"),
    ("cleanwire-store", "process articles.normalized"),
    ("cleanwire-store", "publish articles.cleaned"),
]


def tree_of(walked: Walked, trace_id: str) -> list[ReceivedSpan]:
    """The spans of one trace; those of the last batch may come when the service has ended."""
    wait_until(lambda: any(span.trace_id == trace_id for span in walked.collector.named(STEPS[-1][1])))
    return [span for span in walked.collector.spans if span.trace_id == trace_id]


def trace_of(walked: Walked, path: str) -> str:
    (line,) = [one for one in walked.logged("article_normalized") if one["url"].endswith(path)]
    return str(line["trace_id"])


def test_article_is_one_tree_from_fetch_to_announcement(walked: Walked) -> None:
    spans = tree_of(walked, trace_of(walked, "/talks"))
    by_id = {span.span_id: span for span in spans}
    roots = [span for span in spans if span.parent not in by_id]
    assert [span.parent for span in roots] == [""], "every span but one has its parent in the tree"
    (last,) = [span for span in spans if span.name == STEPS[-1][1]]
    way = [last]
    while way[0].parent:
        way.insert(0, by_id[way[0].parent])
    assert [(span.service, span.name) for span in way][-4:] == STEPS
    assert all(earlier.began <= later.began for earlier, later in pairwise(way))


def test_each_article_of_a_feed_has_a_tree_of_its_own(walked: Walked) -> None:
    assert trace_of(walked, "/talks") != trace_of(walked, "/prisoners")


def test_log_lines_of_a_walk_carry_the_trees_trace_id(walked: Walked) -> None:
    trace_id = trace_of(walked, "/talks")
    stages = [
        line["stage"] for line in walked.lines if line.get("trace_id") == trace_id and "outcome" in line
    ]
    assert stages[-3:] == ["ingest/fetch.requests", "normalize/articles.raw", "store/articles.normalized"]


def test_announcement_carries_the_trace_on_to_its_subscribers(walked: Walked) -> None:
    (entry,) = [one for one in walked.entries if "/talks" in one["data"]]
    version, trace_id, parent, flags = entry["traceparent"].split("-")
    assert (version, trace_id) == ("00", trace_of(walked, "/talks"))
    assert int(flags, 16) & 1, "sampled"
    assert parent in {span.span_id for span in tree_of(walked, trace_id)}


def test_span_says_how_its_message_ended(walked: Walked) -> None:
    tree_of(walked, trace_of(walked, "/talks"))
    said = {
        (span.attributes["cleanwire.event"], span.attributes["cleanwire.outcome"])
        for span in walked.collector.spans
        if "cleanwire.event" in span.attributes
    }
    assert {
        ("page_fetched", "fetched"),
        ("article_normalized", "normalized"),
        ("article_stored", "new"),
        ("page_rejected", "rejected"),
    } <= said
    assert not [span for span in walked.collector.spans if span.is_error], "a rejection is no error"


def test_spans_carry_no_credential_and_no_text(walked: Walked) -> None:
    tree_of(walked, trace_of(walked, "/talks"))
    told = repr([span.attributes for span in walked.collector.spans])
    assert "api_key=***" in told
    assert "s3cret" not in told
    assert "envoys" not in told


def test_all_services_stopped_cleanly_with_their_spans_sent(walked: Walked) -> None:
    assert walked.exit_codes == dict.fromkeys(SERVICES, 0)
    assert {span.service for span in walked.collector.spans} == {f"cleanwire-{name}" for name in SERVICES}

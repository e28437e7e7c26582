"""What `./run bench pipeline` computes from what it saw: shares, possible rates, percentiles, charts."""

import math
import xml.etree.ElementTree as ElementTree

import pytest

from bench.pipeline_latency import Latency, Taken
from bench.pipeline_rates import Rate
from bench.pipeline_rig import generated_page
from bench.pipeline_scale import Alone, Scale, middle, said, times
from bench.pipeline_shares import imbalance, joined_after
from bench.svg_chart import bars, over_time, panels, shares_below
from services.normalize import Extraction, extract


def make_rate(per_s: float, others: float, cpu_ms: dict[str, float]) -> Rate:
    return Rate(1, per_s, cpu_ms, {}, {}, {}, others, cleaned=0, bytes_a_page=0.0)


def test_imbalance_is_the_distance_of_the_extremes_as_a_share_of_the_mean() -> None:
    assert imbalance([10, 10, 10]) == 0
    assert imbalance([12, 10, 8]) == pytest.approx(0.4)
    assert math.isnan(imbalance([0, 0]))


def test_new_replica_has_joined_when_it_did_its_share_of_all_since_its_first_message() -> None:
    old = [n * 0.1 for n in range(100)]
    assert joined_after([old, [5.0 + n * 0.1 for n in range(50)]], 0.0) < 1


def test_new_replica_that_does_far_less_than_the_others_has_not_joined() -> None:
    old = [n * 0.1 for n in range(100)]
    assert joined_after([old, [5.0, 9.0]], 0.0) == math.inf
    assert joined_after([old, []], 0.0) == math.inf


def test_a_rate_is_judged_by_the_cores_that_others_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    costs = {"normalize": 6.0, "store": 4.0}
    assert make_rate(100, 0.0, costs).possible == pytest.approx(0.5)
    assert make_rate(100, 1.0, costs).possible == pytest.approx(1.0)


def make_scale(others: float) -> Scale:
    """One replica works on 1.2 of two cores; two processes extract 1.9 times as much as one."""
    free = [(make_rate(100 + n, others, {"normalize": 12.0}), make_rate(150, others, {})) for n in range(3)]
    return Scale([(Alone(1, 100, 5.0), Alone(2, 190, 5.3))] * 3, free, free)


def test_second_replica_is_measured_by_what_the_machine_leaves_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    scale = make_scale(0.0)
    assert times(scale.alone) == pytest.approx(1.9)
    assert times(scale.free) == pytest.approx(150 / 101)
    assert middle([one for one, _ in scale.free]).per_s == 101
    assert scale.most == pytest.approx(2 / (101 * 0.012) * 0.95)
    assert said(scale).startswith("1.49 × of at most 1.57 ×")


def test_second_replica_on_a_crowded_machine_is_measured_by_nothing() -> None:
    assert said(make_scale(0.9)) == "1.49 ×, while other work took 0.9 cores"


def test_percentiles_are_of_the_articles_that_arrived() -> None:
    latency = Latency(5.0, [Taken(float(n), 1.0, n - 3.0, 2.0) for n in range(1, 101)], 0.0)
    assert (latency.percentile(0.5), latency.percentile(0.99), latency.percentile(1.0)) == (51, 100, 100)
    assert math.isnan(Latency(5.0, [], 0.0).percentile(0.5))


def test_slowest_hundredth_is_told_part_by_part() -> None:
    usual, slow = Taken(30.0, 14.0, 10.0, 6.0), Taken(300.0, 20.0, 270.0, 10.0)
    latency = Latency(5.0, [usual] * 99 + [slow], 0.0)
    assert [latency.slowest(part) for part in ("normalize", "store", "relay")] == [20.0, 270.0, 10.0]
    assert latency.percentile(0.5, "store") == 10.0
    assert math.isnan(Latency(5.0, [], 0.0).slowest("store"))


def test_generated_pages_are_articles_with_words_of_their_own() -> None:
    one, other = (extract(generated_page(number), "https://paper.example/1") for number in (1, 2))
    assert isinstance(one, Extraction)
    assert isinstance(other, Extraction)
    assert one.quality.words > 500
    assert len(set(one.text.split()) & set(other.text.split())) < 100
    assert generated_page(1) == generated_page(1)


def test_charts_are_well_formed_whatever_the_names_are() -> None:
    parts = [
        bars("a < b & c", {"x<y": 1.0, "nothing": 0.0}),
        shares_below("latency", {"idle": [1.0, 20.0, 300.0], "none": []}, "ms"),
        over_time("clean", {"articles": [(0.0, 0.0), (9.0, 40.0)]}, {3.0: "kill -9"}, "articles"),
        over_time("nothing", {}, {}, "articles"),
    ]
    drawing = ElementTree.fromstring(panels(parts))
    assert len(drawing.findall("{http://www.w3.org/2000/svg}g")) == len(parts)

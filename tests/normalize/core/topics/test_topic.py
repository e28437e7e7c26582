"""The topic profile of the Belarus talks on sentences of our own, in six languages."""

from pathlib import Path

import pytest

from services.normalize.core.topics.topic import make_topic, score_topics
from services.normalize.core.topics.topic_profile import TopicProfileError, read_topic_profile
from services.normalize.topic_check import check_topics, topic_lines
from services.normalize.topics import read_topics
from tests.normalize.matching import match_topics
from tests.places import ROOT

FOLDER = ROOT / "deploy" / "topics"
TOPICS = read_topics(FOLDER)

ON_TOPIC = {
    "en": "U.S. envoy John Coale met Alexander Lukashenko in Minsk on Friday. Washington wants political prisoners freed, "
    "Belarus wants sanctions lifted, and the talks will go on, both sides said after the meeting.",
    "ru": "Спецпосланник Трампа Джон Коул встретился в Минске с Александром Лукашенко. Вашингтон добивается освобождения "
    "политзаключенных, Беларусь хочет снятия санкций, переговоры продолжатся.",
    "be": "Спецпасланнік Трампа Джон Коўл сустрэўся ў Мінску з Аляксандрам Лукашэнкам. Вашынгтон дамагаецца вызвалення "
    "палітвязняў, Беларусь хоча зняцця санкцый, перамовы працягнуцца.",
    "uk": "Спецпосланник Трампа Джон Коул зустрівся в Мінську з Олександром Лукашенком. Вашингтон домагається звільнення "
    "політв’язнів, Білорусь хоче зняття санкцій, перемовини триватимуть.",
    "pl": "Wysłannik Trumpa John Coale spotkał się w Mińsku z Alaksandrem Łukaszenką. Waszyngton chce uwolnienia więźniów "
    "politycznych, Białoruś chce zniesienia sankcji, rozmowy będą trwały.",
    "lt": "Trumpo pasiuntinys Johnas Coale'as Minske susitiko su Aliaksandru Lukašenka. Vašingtonas siekia politinių kalinių "
    "paleidimo, Baltarusija nori sankcijų panaikinimo, derybos tęsis.",
}


@pytest.mark.parametrize("language", ON_TOPIC)
def test_talks_are_recognised_in_every_language(language: str) -> None:
    [match] = match_topics(TOPICS, None, ON_TOPIC[language])
    assert match.topic == "belarus-talks"
    assert any("lukashenko" in shown for shown in match.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "The bakery of Harriet Coale won a prize for its bread. Coale said that she had baked since she was nine.",
        "Kellogg said that it would close its plant, and the talks with the union about a deal had failed.",
        "Lukashenko opened a tractor plant near Brest and told the workers to be proud of what they build.",
        "Trump told reporters in Washington that the talks with Iran about prisoners would go on after the meeting.",
        "The Minsk marathon was won by a student, and the meeting of the runners ended with soup for all of them.",
        "",
    ],
)
def test_a_surname_or_one_side_alone_is_not_the_topic(text: str) -> None:
    assert match_topics(TOPICS, None, text) == ()


def test_a_remark_far_from_the_rest_does_not_make_the_topic() -> None:
    text = (
        "Trump spoke of prisoners and sanctions in Washington. "
        + "The harbour was quiet. " * 60
        + "A bus left for Minsk."
    )
    assert match_topics(TOPICS, None, text) == ()


def test_source_that_covers_the_topic_needs_less() -> None:
    text = "The harbour was quiet. " * 40 + "Belarus freed a prisoner after a call from the United States."
    [score] = score_topics(TOPICS, None, text)
    profile = TOPICS[0].profile
    assert profile.topic_threshold is not None and profile.topic_threshold <= score.score < profile.threshold
    assert match_topics(TOPICS, None, text, "general") == ()
    assert len(match_topics(TOPICS, None, text, "topic")) == 1


def test_exact_terms_mind_their_case() -> None:
    source = 'name = "x"\nthreshold = 0.5\n[groups.a]\nexact = ["US"]\n[[rules]]\nname = "a"\nall = ["a"]\n'
    topics = [make_topic(read_topic_profile(source, "x.toml"))]
    assert match_topics(topics, None, "the US said")
    assert not match_topics(topics, None, "they told us so")


def test_check_prints_score_and_evidence() -> None:
    lines = list(topic_lines(check_topics(TOPICS, None, ON_TOPIC["en"])))
    assert lines[0].startswith("belarus-talks: on topic, score ")
    assert any("Lukashenko" in line for line in lines[1:])


GOOD = 'name = "x"\nthreshold = 1.0\n[groups.a]\nterms = ["word*"]\n[[rules]]\nname = "a"\nall = ["a"]\n'


@pytest.mark.parametrize(
    ("source", "named"),
    [
        (GOOD.replace("threshold = 1.0", "threshold = "), r"x\.toml: .*line 2"),
        (GOOD.replace("threshold = 1.0", "treshold = 1.0"), r"x\.toml: .*treshold: unknown key"),
        (GOOD.replace('all = ["a"]', 'all = ["b"]'), r"rule 'a' names group 'b'; there are: a"),
        (GOOD.replace('"word*"', '"w*rd"'), r"groups\.a: .*a `\*` may only end a word"),
        (GOOD.replace('terms = ["word*"]', ""), r"neither terms nor exact"),
        (GOOD.replace('name = "x"', 'name = "No Good"'), r"name: "),
        ("", r"x\.toml: "),
    ],
)
def test_bad_profile_is_refused_with_file_and_key(source: str, named: str) -> None:
    with pytest.raises(TopicProfileError, match=named):
        read_topic_profile(source, "x.toml")


def test_two_profiles_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(GOOD)
    with pytest.raises(TopicProfileError, match="two profiles are named 'x'"):
        read_topics(tmp_path)

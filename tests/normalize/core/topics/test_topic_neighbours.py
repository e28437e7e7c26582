"""Reports on neighbouring subjects beside reports on the Belarus talks: the shipped profile must tell them apart, and say why."""

import pytest

from services.normalize.core.topics.standing import rule_standings
from services.normalize.core.topics.topic import make_topic, score_topics
from services.normalize.core.topics.topic_profile import read_topic_profile
from services.normalize.topic_check import check_topics, topic_lines
from services.normalize.topics import read_topics
from tests.places import ROOT

TOPICS = read_topics(ROOT / "deploy" / "topics")

NEIGHBOURS = [
    ("Sabalenka beats Gauff", "Aryna Sabalenka of Belarus beat Coco Gauff of the United States. It was their tenth meeting, and the American said that the deal with her coach was done."),
    ("Witkoff meets Putin", "Trump's special envoy Steve Witkoff met Putin in Moscow. The talks on Ukraine were useful, the Kremlin said; the United States lifted no sanctions."),
    ("Лукашенко об уборке", "Лукашенко провел совещание об уборке урожая в Минске и потребовал убрать зерновые до августа."),
    ("Sanctions on Iran", "The United States imposed new sanctions on Iran. Talks in Geneva failed, the White House said, and five American detainees were not freed."),
    ("Cole on coal", "Vanessa Cole, a coal merchant from Ohio, met Washington senators about a deal on mining. Cole said the talks would go on."),
    ("Belavia flies to Hurghada", "Belavia, the Belarusian airline, opens a route from Minsk. The carrier, which is under sanctions of the European Union, flies thrice a week."),
    ("Польша закрыла границу", "Польша закрыла границу с Беларусью. Переговоры пограничных служб Варшавы и Минска прошли в Бресте, санкции ЕС остаются."),
    ("Келлог в Киеве", "Келлог приехал в Киев. Спецпосланник Трампа обсудил с Зеленским санкции против России и обмен военнопленными."),
    ("Беларуский фильм в США", "Беларуский фильм показали на фестивале в США. Встреча со зрителями прошла в Вашингтоне."),
    ("Kellogg closes office", "The Kellogg Company closed its Belarus office; a deal with a Minsk bakery failed."),
    ("Lotnicy w Mińsku Mazowieckim", "Delegacja amerykańskich lotników odwiedziła bazę w Mińsku Mazowieckim. Rozmowy z dowództwem USA dotyczyły sprzętu."),
    ("Forward signs with Capitals", "Belarus-born forward signs with the Washington Capitals; talks on a new deal went on for weeks."),
    ("Коулман выиграл в Минске", "Коулман из США выиграл турнир в Минске; переговоры о матче с белорусом продолжаются."),
    ("Обмен пленными", "Украина и Россия обменялись военнопленными на границе с Беларусью. Переговоры шли при посредничестве США и ОАЭ."),
]  # fmt: skip

REPORTS = [
    ("Belarus frees 52", "Belarus freed 52 prisoners after a deal with the United States; Washington lifted sanctions on Belavia."),
    ("Potash relief", "The United States will ease sanctions on Belarusian potash, Coale told reporters in Minsk."),
    ("Трамп позвонил Лукашенко", "Дональд Трамп поговорил по телефону с Лукашенко и поблагодарил его за освобождение 16 заключённых."),
    ("Посольство США в Минске", "Вашингтон и Минск ведут переговоры об открытии посольства США."),
    ("Коўл у Мінску", "Спецпасланнік ЗША Коўл прыляцеў у Мінск. Мяркуецца, што ён сустрэнецца з Лукашэнкам."),
    ("Трамп подзвонив Лукашенку", "Трамп подякував Лукашенку за звільнення політв’язнів. Сполучені Штати очікують на продовження переговорів."),
    ("USA znoszą sankcje", "Stany Zjednoczone znoszą sankcje na białoruski potas po rozmowach w Mińsku z Łukaszenką."),
    ("JAV švelnina sankcijas", "Jungtinės Valstijos švelnina sankcijas Baltarusijai. Vašingtono delegacija Minske susitiko su Lukašenka."),
]  # fmt: skip


@pytest.mark.parametrize(("title", "text"), NEIGHBOURS, ids=[title for title, _ in NEIGHBOURS])
def test_neighbouring_subject_is_off_topic(title: str, text: str) -> None:
    [check] = check_topics(TOPICS, title, text)
    assert not check.is_on_topic, check.match


@pytest.mark.parametrize(("title", "text"), REPORTS, ids=[title for title, _ in REPORTS])
def test_short_report_on_the_talks_is_on_topic(title: str, text: str) -> None:
    [check] = check_topics(TOPICS, title, text)
    assert check.is_on_topic, check


PROFILE = (
    'name = "x"\nthreshold = 1.0\nnear_words = 5\n[groups.a]\nterms = ["washington*"]\nbut_not = ["washington post"]\n'
    '[groups.b]\nterms = ["coale"]\nneeds_near = ["a"]\n[[rules]]\nname = "both"\nall = ["a", "b"]\ntogether = true\n'
)


def test_term_that_only_begins_alike_is_not_found() -> None:
    topic = make_topic(read_topic_profile(PROFILE, "x.toml"))
    [post] = score_topics([topic], None, "Coale told the Washington Post so.")
    [state] = score_topics([topic], None, "Coale told Washington so.")
    assert post.score == 0 and state.score > 0


def test_rule_says_what_it_lacks_and_what_stands_alone() -> None:
    topic = make_topic(read_topic_profile(PROFILE, "x.toml"))
    [alone] = rule_standings(topic, None, "Coale spoke.")
    assert (alone.missing, alone.alone) == (("a", "b"), ("b",))
    [line] = [line for line in topic_lines(check_topics([topic], None, "Coale spoke.")) if "both" in line]
    assert line == "  rule “both”: lacks a and b (named, but not within 5 words of a)"


def test_rule_says_that_its_groups_lie_apart() -> None:
    topic = make_topic(read_topic_profile(PROFILE.replace('needs_near = ["a"]\n', ""), "x.toml"))
    [standing] = rule_standings(topic, None, "Coale spoke. " + "A boat left. " * 9 + "Washington slept.")
    assert standing.is_apart and standing.score == 0

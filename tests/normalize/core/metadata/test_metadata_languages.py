"""The same small report in the six languages of our outlets: byline, dates, dateline, credits, sources and notices."""

import pytest

from services.normalize import Extraction, extract
from services.normalize.core.topics.topic import make_topic, score_topics
from services.normalize.core.topics.topic_profile import read_topic_profile
from tests.normalize.matching import match_topics
from tests.places import ROOT

TEXTS = {
    "en": (
        "Ferry leaves an hour late",
        "The ferry to the northern islands left an hour late on Monday because the crew had waited for a load of medicine.",
        "Harbour master Olga Reet said that the winter timetable would hold, and that nobody had been left on the pier.",
        "The company has run the line since 1953 and has been late on eleven days this year, its own record shows.",
    ),
    "ru": (
        "Паром ушёл на час позже",
        "Паром на северные острова вышел в понедельник с опозданием на час, потому что команда ждала груз лекарств.",
        "Начальник порта Ольга Реет сказала, что зимнее расписание сохранится и что на пристани никого не оставили.",
        "Компания обслуживает линию с 1953 года и в этом году опаздывала одиннадцать дней, следует из её журнала.",
    ),
    "be": (
        "Паром адышоў на гадзіну пазней",
        "Паром на паўночныя астравы выйшаў у панядзелак са спазненнем на гадзіну, бо каманда чакала груз лекаў.",
        "Начальніца порта Вольга Рээт сказала, што зімовы расклад застанецца і што на прыстані нікога не пакінулі.",
        "Кампанія абслугоўвае лінію з 1953 года і сёлета спазнялася адзінаццаць дзён, вынікае з яе журнала.",
    ),
    "uk": (
        "Пором вийшов на годину пізніше",
        "Пором на північні острови вийшов у понеділок із запізненням на годину, бо команда чекала вантаж ліків.",
        "Начальниця порту Ольга Реет сказала, що зимовий розклад збережеться і що на пристані нікого не залишили.",
        "Компанія обслуговує лінію з 1953 року і цього року запізнювалася одинадцять днів, випливає з її журналу.",
    ),
    "pl": (
        "Prom wypłynął godzinę później",
        "Prom na północne wyspy wypłynął w poniedziałek z godzinnym opóźnieniem, bo załoga czekała na ładunek leków.",
        "Kapitan portu Olga Reet powiedziała, że zimowy rozkład zostanie utrzymany i że nikt nie został na nabrzeżu.",
        "Firma obsługuje linię od 1953 roku i w tym roku spóźniła się jedenaście razy, wynika z jej rejestru.",
    ),
    "lt": (
        "Keltas išplaukė valanda vėliau",
        "Keltas į šiaurines salas pirmadienį išplaukė valanda vėliau, nes įgula laukė vaistų krovinio.",
        "Uosto kapitonė Olga Reet sakė, kad žiemos tvarkaraštis išliks ir kad prieplaukoje niekas nebuvo paliktas.",
        "Bendrovė aptarnauja liniją nuo 1953 metų ir šiemet vėlavo vienuolika dienų, rodo jos žurnalas.",
    ),
}


def article(
    language: str, above: str = "", dateline: str = "", middle: str = "", below: str = ""
) -> Extraction:
    title, first, second, third = TEXTS[language]
    paragraphs = f"<p>{dateline}{first}</p><p>{second}</p>{middle}<p>{third}</p>{below}"
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head><body><nav><a href="/">Home</a></nav>'
        f"<main><article><h1>{title}</h1>{above}<div class='story'>{paragraphs}</div></article></main></body></html>"
    )
    found = extract(page.encode(), "https://ledger.example/ferry", "text/html")
    assert isinstance(found, Extraction), found
    return found


@pytest.mark.parametrize("language", TEXTS)
def test_language_is_told_from_the_kept_text(language: str) -> None:
    assert article(language).language == language


BYLINES = {
    "en": ("By Anna Lee | 12 December 2025, 19:05 GMT", "Anna Lee", "GMT"),
    "ru": ("Автор: Анна Ли | 12 декабря 2025 года, 19:05 (МСК)", "Анна Ли", "МСК"),
    "be": ("Аўтар: Ганна Лі | 12 снежня 2025 года, 19:05", "Ганна Лі", None),
    "uk": ("Автор: Ганна Лі | 12 грудня 2025 р., 19:05", "Ганна Лі", None),
    "pl": ("Autor: Anna Lis | 12 grudnia 2025 r., godz. 19:05", "Anna Lis", None),
    "lt": ("Autorė: Ona Lytė | 2025 m. gruodžio 12 d., penktadienis, 19:05", "Ona Lytė", None),
}


@pytest.mark.parametrize("language", BYLINES)
def test_byline_names_the_author_and_the_minute(language: str) -> None:
    line, name, zone = BYLINES[language]
    found = article(language, above=f"<p class='meta'>{line}</p>")
    assert [author.name for author in found.authors] == [name]
    assert found.published is not None
    assert found.published.value.startswith("2025-12-12T19:05:00")
    assert (found.published.precision, found.published.zone) == ("minute", zone)
    assert name not in found.text


UPDATES = {
    "en": "Updated: December 13, 2025 at 8:00 a.m. | Published: December 12, 2025, 7:05 p.m.",
    "ru": "Обновлено: 13.12.2025 08:00 | Опубликовано: 12.12.2025 19:05",
    "be": "Апублікавана 12.12.2025, 19:05. Абноўлена 13.12.2025, 08:00",
    "uk": "Опубліковано: 12 грудня 2025 о 19:05, оновлено: 13 грудня 2025 о 08:00",
    "pl": "Opublikowano: 12.12.2025 19:05, aktualizacja: 13.12.2025 08:00",
    "lt": "Paskelbta 2025-12-12 19:05, atnaujinta 2025-12-13 08:00",
}


@pytest.mark.parametrize("language", UPDATES)
def test_labels_tell_publication_from_update(language: str) -> None:
    found = article(language, above=f"<p>{UPDATES[language]}</p>")
    assert found.published is not None and found.published.value == "2025-12-12T19:05:00"
    assert found.modified is not None and found.modified.value == "2025-12-13T08:00:00"


RELATIVE = {
    "en": "Published 2 days ago", "ru": "Опубликовано: 3 часа назад", "be": "2 гадзіны таму", "uk": "Оновлено: вчора",
    "pl": "5 godzin temu", "lt": "prieš 2 valandas",
}  # fmt: skip


@pytest.mark.parametrize("language", RELATIVE)
def test_relative_date_is_neither_a_date_nor_text(language: str) -> None:
    found = article(language, above=f"<p>{RELATIVE[language]}</p>")
    assert found.published is None and found.modified is None
    assert found.text.startswith(TEXTS[language][1])


DATELINES = {
    "en": ("MINSK, Dec 12 (Reuters) - ", "Reuters"),
    "ru": ("МИНСК, 12 декабря. /ТАСС/. ", "TASS"),
    "be": ("12 снежня, Мінск /Кар. БЕЛТА/. ", "BelTA"),
    "uk": ("Київ. 12 грудня. Укрінформ. ", "Ukrinform"),
    "pl": ("Warszawa (PAP) - ", "PAP"),
    "lt": ("Vilnius, gruodžio 12 d. (BNS). ", "BNS"),
}


@pytest.mark.parametrize("language", DATELINES)
def test_dateline_becomes_a_field_and_leaves_the_text_but_not_the_ledger(language: str) -> None:
    line, agency = DATELINES[language]
    found = article(language, dateline=line)
    assert found.provenance.agency == agency
    assert found.provenance.dateline is not None and found.provenance.dateline in line
    assert found.text.startswith(TEXTS[language][1])
    assert any(block.kept and block.text.startswith(line.strip()) for block in found.blocks)


CREDITS = {
    "en": ("(Reporting by Anna Lee in Oslo; editing by Tom Hill)", [("Anna Lee", "reporting"), ("Tom Hill", "editing")]),
    "ru": ("Текст: Анна Ли. Редактор: Пётр Орлов", [("Анна Ли", "writing"), ("Пётр Орлов", "editing")]),
    "be": ("Тэкст: Ганна Лі. Рэдактар: Пётр Арлоў", [("Ганна Лі", "writing"), ("Пётр Арлоў", "editing")]),
    "uk": ("Текст: Ганна Лі. Редактор: Петро Орлов", [("Ганна Лі", "writing"), ("Петро Орлов", "editing")]),
    "pl": ("Tekst: Anna Lis. Redakcja: Piotr Orłowski", [("Anna Lis", "writing"), ("Piotr Orłowski", "editing")]),
    "lt": ("Parengė: Ona Lytė. Redaktorius: Petras Orlovas", [("Ona Lytė", "compiling"), ("Petras Orlovas", "editing")]),
}  # fmt: skip


@pytest.mark.parametrize("language", CREDITS)
def test_credit_line_becomes_a_field(language: str) -> None:
    line, credits = CREDITS[language]
    found = article(language, below=f"<p>{line}</p>")
    assert [(credit.name, credit.role) for credit in found.provenance.credits] == credits
    assert found.provenance.credit_line == line
    assert line not in found.text


INPUTS = {
    "en": "(With inputs from Reuters)", "ru": "По материалам Reuters", "be": "Паводле матэрыялаў Reuters",
    "uk": "За матеріалами Reuters", "pl": "Na podstawie Reuters", "lt": "Pagal Reuters",
}  # fmt: skip


@pytest.mark.parametrize("language", INPUTS)
def test_inputs_of_an_agency_make_a_rewrite(language: str) -> None:
    provenance = article(language, below=f"<p>{INPUTS[language]}</p>").provenance
    assert (provenance.role, provenance.agency, provenance.evidence) == (
        "rewrite",
        "Reuters",
        INPUTS[language],
    )


REPORTS = {
    "en": ("As first reported by Politico, the boat was late. Politico said that two crews had refused.", "Politico"),
    "ru": ("Как сообщает «Зеркало», паром опоздал. По данным «Зеркала», две команды отказались.", "Zerkalo"),
    "be": ("Паводле «Нашай Нівы», паром спазніўся. Як піша «Наша Ніва», дзве каманды адмовіліся.", "Nasha Niva"),
    "uk": ("За даними «Української правди», пором запізнився. «Українська правда» пише, що команди відмовились.", "Ukrainska Pravda"),
    "pl": ("Jak podał Onet, prom się spóźnił. Według Onetu dwie załogi odmówiły.", "Onet"),
    "lt": ("Kaip praneša LRT, keltas vėlavo. LRT rašo, kad dvi įgulos atsisakė.", "LRT"),
}  # fmt: skip


@pytest.mark.parametrize("language", REPORTS)
def test_outlet_named_early_and_often_as_the_source_makes_a_report_on_a_report(language: str) -> None:
    said, outlet = REPORTS[language]
    provenance = article(language, middle=f"<p>{said}</p>").provenance
    assert provenance.cites == (outlet,)
    assert provenance.role == "report-on-report"


NOTICES = {
    "en": ("This image was generated with AI", "This article was written with the help of artificial intelligence."),
    "ru": ("Изображение создано нейросетью", "Этот текст написан с помощью искусственного интеллекта."),
    "be": ("Выява згенеравана штучным інтэлектам", "Гэты тэкст створаны штучным інтэлектам."),
    "uk": ("Зображення згенеровано штучним інтелектом", "Цей текст створено штучним інтелектом."),
    "pl": ("Obraz wygenerowany przez sztuczną inteligencję", "Ten tekst został napisany przez sztuczną inteligencję."),
    "lt": ("Nuotrauka sukurta dirbtinio intelekto", "Šis tekstas sukurtas dirbtinio intelekto."),
}  # fmt: skip


@pytest.mark.parametrize("language", NOTICES)
def test_notice_of_a_machine_is_a_label_and_no_text(language: str) -> None:
    of_picture, of_text = NOTICES[language]
    found = article(language, below=f"<p>{of_picture}</p>")
    assert found.labels == ("ai_image",) and of_picture not in found.text
    assert article(language, below=f"<p>{of_text}</p>").labels == ("ai_text",)


def test_title_behind_a_comma_is_the_role_of_the_name_before_it() -> None:
    found = article(
        "en", above="<p class='byline'>By Anna Lee, Senior Reporter, and Jan de Vries, Editor</p>"
    )
    assert [(author.name, author.role) for author in found.authors] == [
        ("Anna Lee", "reporter"),
        ("Jan de Vries", "editor"),
    ]


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2025/12/12/ferry", "2025-12-12"),
        ("2025/1/23/ferry", "2025-01-23"),
        ("2019/11/1/", "2019-11-01"),
        ("20240301", "2024-03-01"),
        ("news/2025-12-31-ferry", "2025-12-31"),
    ],
)
def test_day_in_the_address_is_read_whole(path: str, day: str) -> None:
    page = f"<html><body><h1>{TEXTS['en'][0]}</h1>" + "".join(f"<p>{one}</p>" for one in TEXTS["en"][1:])
    found = extract(page.encode(), f"https://ledger.example/{path}", "text/html")
    assert isinstance(found, Extraction)
    assert found.published is not None and found.published.value == day


@pytest.mark.parametrize(("selector", "labels"), [(".paywall", ("paywalled",)), (".emailwall", ())])
def test_part_that_is_not_free_makes_a_paywall(selector: str, labels: tuple[str, ...]) -> None:
    part = f'{{"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": "{selector}"}}'
    script = f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Ferry", "hasPart": [{part}]}}</script>'
    assert article("en", below=script).labels == labels


def test_headline_of_the_topic_in_the_sidebar_makes_no_topic() -> None:
    profile = ROOT / "deploy" / "topics" / "belarus-talks.toml"
    topic = make_topic(read_topic_profile(profile.read_text(encoding="utf-8"), profile.name))
    title, *paragraphs = TEXTS["en"]
    listed = "".join(
        f"<li><a href='/{n}'>{headline}</a></li>"
        for n, headline in enumerate(
            (
                "Envoy Coale meets Lukashenko in Minsk over sanctions and prisoners",
                "Belarus frees 52 prisoners after talks with Washington",
                "Lithuania closes its border with Belarus once more",
            )
        )
    )
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = f"<html lang='en'><body><article><h1>{title}</h1>{body}</article><aside><h3>Most read</h3><ul>{listed}</ul></aside></body></html>"
    found = extract(page.encode(), "https://ledger.example/ferry", "text/html")
    assert isinstance(found, Extraction)
    assert any("Lukashenko" in block.text for block in found.blocks)
    assert match_topics([topic], found.title, found.text, "topic") == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "Джон Коўл сустрэўся з Лукашэнкам у Мінску.",
        "Коул зустрівся з Лукашенком у Мінську щодо санкцій.",
        "Переговоры Коула с Лукашенко в Минске закончились ночью.",
        "Coale spotkał się z Łukaszenką w Mińsku.",
        "Coale'as susitiko su Lukašenka Minske.",
        "Coale met Lukashenko in Minsk.",
    ],
)
def test_place_and_persons_are_found_under_their_inflected_names(sentence: str) -> None:
    profile = ROOT / "deploy" / "topics" / "belarus-talks.toml"
    topic = make_topic(read_topic_profile(profile.read_text(encoding="utf-8"), profile.name))
    (score,) = score_topics([topic], None, sentence)
    groups = {evidence.split(":")[0] for evidence in score.evidence}
    assert {"belarus", "lukashenko", "envoy"} <= groups

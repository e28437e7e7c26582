"""Agency copy in nine languages: datelines, signatures, sources and credits become fields, sentences stay text."""

import pytest

from services.normalize.core.metadata.labels import is_machine_notice
from services.normalize.core.provenance.credit_line import read_credit_line, read_last_line
from services.normalize.core.provenance.dateline import read_dateline
from tests.normalize.core.newsroom_page import PARAGRAPHS, newsroom_article

DATELINES = [
    ("en", "MINSK, Nov 22 (BelTA) — ", "BelTA"),
    ("en", "MINSK, November 22. /TASS/. ", "TASS"),
    ("en", "KYIV. Nov 22 (Interfax-Ukraine) – ", "Interfax-Ukraine"),
    ("en", "22 November, Minsk /Corr. BELTA/. ", "BelTA"),
    ("en", "WARSAW/VILNIUS, Nov 22 (Reuters) - ", "Reuters"),
    ("ru", "МИНСК, 22 ноя — РИА Новости. ", "RIA Novosti"),
    ("ru", "22 ноября, Минск /Анна Ли - БЕЛТА/. ", "BelTA"),
    ("ru", "Минск. 22 ноября. Интерфакс-Запад - ", "Interfax-West"),
    ("ru", "Москва. 22 ноября. INTERFAX.RU - ", "Interfax"),
    ("be", "Мінск, 22 лістапада, БелТА. ", "BelTA"),
    ("be", "МІНСК, 22 ліс — Sputnik. ", "Sputnik"),
    ("uk", "Київ. 22 листопада. УНН. ", "UNN"),
    ("uk", "Київ, 22 листопада 2026, Інтерфакс-Україна — ", "Interfax-Ukraine"),
    ("pl", "Wilno (PAP) – ", "PAP"),
    ("pl", "Warszawa, 22.11.2026 (PAP) - ", "PAP"),
    ("lt", "Vilnius, lapkričio 22 d. (BNS). ", "BNS"),
    ("lt", "Minskas, lapkričio 22 d. (AFP-BNS). ", "AFP"),
    ("de", "Minsk/Vilnius (dpa) - ", "dpa"),
    ("de", "BERLIN taz | ", None),
    ("de", "BERLIN dpa | ", "dpa"),
    ("fr", "Minsk, 22 nov 2026 (AFP) - ", "AFP"),
    ("es", "Minsk, 22 nov (EFE).- ", "EFE"),
]


@pytest.mark.parametrize(("language", "line", "agency"), DATELINES)
def test_dateline_of_an_agency_becomes_a_field(language: str, line: str, agency: str | None) -> None:
    found = newsroom_article(language, first=line)
    assert found.provenance.dateline is not None and line.startswith(found.provenance.dateline)
    assert found.provenance.agency == agency
    assert found.text.startswith(PARAGRAPHS[language][0])


@pytest.mark.parametrize(
    "paragraph",
    [
        "Пра гэта паведамляе БелТА. Ліст перадалі асабіста.",
        "Про це повідомляє Reuters. Лист передали особисто.",
        "Об этом 22 ноября сообщает ТАСС. Письмо передали лично.",
        "Пишет Reuters. Письмо передали лично.",
        "Фото — РИА Новости. Дворец в Минске.",
        "Polish news agency (PAP) reported that a letter was handed over.",
        "Polska Agencja Prasowa (PAP) podała, że list przekazano osobiście.",
        "FILE - The palace is seen at night.",
        "EDITOR’S NOTE — The letter was published later.",
        "BREAKING — The envoy has left.",
    ],
)
def test_sentence_that_names_an_agency_is_no_dateline(paragraph: str) -> None:
    assert read_dateline(paragraph) is None


MATERIAL = [
    ("en", "With inputs from AFP and Reuters", "AFP", "rewrite"),
    ("en", "The Associated Press contributed to this report.", "Associated Press", "rewrite"),
    ("en", "Source: BelTA", "BelTA", "rewrite"),
    ("en", "(dpa/AFP/Reuters)", "dpa", "original"),
    ("en", "rc/sms (AP, Reuters)", "Associated Press", "original"),
    ("ru", "По материалам Reuters, AFP", "Reuters", "rewrite"),
    ("ru", "Источник: БЕЛТА", "BelTA", "rewrite"),
    ("be", "Паводле БелаПАН", "BelaPAN", "rewrite"),
    ("be", "Крыніца: БелТА", "BelTA", "rewrite"),
    ("uk", "Джерело: Укрінформ", "Ukrinform", "rewrite"),
    ("pl", "Źródło: PAP, Reuters", "PAP", "rewrite"),
    ("pl", "(PAP)", "PAP", "original"),
    ("pl", "Z Wilna Anna Lis (PAP)", "PAP", "original"),
    ("lt", "BNS inf.", "BNS", "original"),
    ("lt", "Šaltinis: ELTA", "ELTA", "rewrite"),
    ("de", "Quelle: dpa", "dpa", "rewrite"),
    ("de", "Mit Informationen von AFP und dpa", "AFP", "rewrite"),
    ("fr", "(avec AFP)", "AFP", "rewrite"),
    ("es", "Con información de EFE", "EFE", "rewrite"),
]


@pytest.mark.parametrize(("language", "line", "agency", "role"), MATERIAL)
def test_line_that_says_whose_material_it_is_becomes_a_field(
    language: str, line: str, agency: str, role: str
) -> None:
    found = newsroom_article(language, last=line)
    assert (found.provenance.agency, found.provenance.role) == (agency, role)
    assert found.provenance.credit_line == line
    assert found.text.endswith(PARAGRAPHS[language][-1])


def test_agency_in_brackets_behind_the_last_sentence_signs_the_article() -> None:
    found = newsroom_article("pl", last="List przekazano osobiście w niedzielę wieczorem. (PAP)")
    assert (found.provenance.agency, found.provenance.credit_line) == ("PAP", "(PAP)")
    assert found.text.endswith("w niedzielę wieczorem.")


def test_source_named_as_the_outlet_itself_makes_no_rewrite() -> None:
    head = '<meta property="og:site_name" content="Ledger">'
    provenance = newsroom_article("de", head=head, last="Quelle: ledger.example").provenance
    assert provenance.role == "original"


@pytest.mark.parametrize(
    "sentence",
    [
        "По материалам дела, водитель был один.",
        "Pagal planą darbai baigsis gruodį.",
        "Na podstawie umowy z 2019 roku firma płaci.",
        "За матеріалами справи водій був сам.",
        "With information from the neighbours, police found the car.",
        "Source: Ministry of Health",
        "Source: unsplash.com",
        "Report Error",
        "Writing Strategies",
        "Text Size",
        "This article was reprinted on Wired.com.",
    ],
)
def test_sentence_button_or_picture_source_is_no_credit_line(sentence: str) -> None:
    assert read_credit_line(sentence) is None


@pytest.mark.parametrize(
    ("line", "credits"),
    [
        ("Translated from Belarusian by Anna Lee", [("Anna Lee", "translation")]),
        ("Przekład: Anna Lis", [("Anna Lis", "translation")]),
        ("Übersetzung: Anna Lee", [("Anna Lee", "translation")]),
        ("Traducción: Ana López", [("Ana López", "translation")]),
        ("Текст подготовила Анна Ли", [("Анна Ли", "compiling")]),
        ("Texto: Ana López. Fotos: Juan Cruz", [("Ana López", "writing"), ("Juan Cruz", "photography")]),
        ("Redaktion: Anna Lee und Jan de Vries", [("Anna Lee", "editing"), ("Jan de Vries", "editing")]),
    ],
)
def test_credit_line_names_people_in_further_languages(line: str, credits: list[tuple[str, str]]) -> None:
    found = read_credit_line(line)
    assert [(credit.name, credit.role) for credit in (found.credits if found else ())] == credits


def test_contributors_are_credited_and_an_agency_among_them_makes_a_rewrite() -> None:
    people = read_last_line(
        "Associated Press writers Anna Lee and Tom Hill in Oslo contributed to this report."
    )
    assert people is not None and people.inputs is None
    assert [credit.name for credit in people.credits] == ["Anna Lee", "Tom Hill"]
    agency = read_last_line("Anna Lee and Reuters contributed to this report.")
    assert agency is not None and (agency.agency, [one.name for one in agency.credits]) == (
        "Reuters",
        ["Anna Lee"],
    )


CITES = [
    ("be", "Пра гэта паведамляе БелТА. Як перадае БелТА, ліст перадалі асабіста.", "BelTA"),
    ("uk", "Про це повідомляє Reuters. За даними Reuters, лист передали особисто.", "Reuters"),
    ("pl", "Poinformował o tym w sobotę portal Onet. Jak podaje Onet, list przekazano osobiście.", "Onet"),
    ("lt", "Kaip skelbia „Delfi“, laiškas perduotas. „Delfi“ duomenimis, pasiuntinys buvo vienas.", "Delfi"),
    ("de", "Das berichtet der „Spiegel“ unter Berufung auf Diplomaten. Dem „Spiegel“ zufolge kam er allein.", "Der Spiegel"),
    ("fr", "Selon Reuters, une lettre a été remise. L’émissaire est venu seul, rapporte Reuters.", "Reuters"),
    ("es", "Según Reuters, se entregó una carta. El enviado llegó solo, informó Reuters.", "Reuters"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "said", "outlet"), CITES)
def test_outlet_cited_twice_at_the_head_makes_a_report_on_a_report(
    language: str, said: str, outlet: str
) -> None:
    found = newsroom_article(language, middle=said)
    assert (found.provenance.cites, found.provenance.role) == ((outlet,), "report-on-report")
    assert said in found.text


NOTICES = [
    ("en", "Photo: generated with Midjourney", "ai_image"),
    ("en", "AI-assisted translation", "ai_text"),
    ("ru", "Фото сгенерировано нейросетью", "ai_image"),
    ("ru", "Перевод выполнен с помощью ИИ.", "ai_text"),
    ("be", "Ілюстрацыя створана з дапамогай ШІ", "ai_image"),
    ("be", "Тэкст перакладзены з дапамогай штучнага інтэлекту", "ai_text"),
    ("uk", "Зображення згенероване нейромережею", "ai_image"),
    ("uk", "Цей текст перекладено за допомогою штучного інтелекту", "ai_text"),
    ("pl", "Grafika: AI", "ai_image"),
    ("pl", "Tekst przetłumaczony przy użyciu sztucznej inteligencji", "ai_text"),
    ("lt", "DI sugeneruota nuotrauka", "ai_image"),
    ("lt", "Tekstas išverstas dirbtiniu intelektu", "ai_text"),
    ("de", "Symbolbild: mit KI erstellt", "ai_image"),
    ("de", "Dieser Text wurde mit Hilfe von KI übersetzt.", "ai_text"),
    ("fr", "Cet article a été traduit à l’aide de l’intelligence artificielle.", "ai_text"),
    ("es", "Imagen generada por IA", "ai_image"),
]


@pytest.mark.parametrize(("language", "notice", "label"), NOTICES)
def test_notice_on_a_machine_is_a_label_as_caption_and_as_paragraph(
    language: str, notice: str, label: str
) -> None:
    figure = f'<figure><img src="/a.jpg" alt=""><figcaption>{notice}</figcaption></figure>'
    for found in (newsroom_article(language, last=notice), newsroom_article(language, above=figure)):
        assert found.labels == (label,)
        assert notice not in found.text


@pytest.mark.parametrize(
    "sentence",
    [
        "Этот текст о России написан в 2019 году.",
        "Cette image, que j’ai créée en 2019, a fait le tour du monde.",
        "Изображение, созданное нейросетью, победило на конкурсе.",
        "Текст закона об ИИ, созданный министерством, опубликован.",
        "Tekst ustawy o AI, napisany w Brukseli, trafił do Sejmu.",
        "AI-generated content now appears in over 17 percent of top search results.",
        "Bild: KI und Schule",
        "Text: AI Weekly",
    ],
)
def test_report_about_machines_is_no_notice(sentence: str) -> None:
    assert not is_machine_notice(sentence)

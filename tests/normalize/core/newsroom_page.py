"""A short report as newsrooms in nine languages print it, with menu, related list and footer; its parts can be exchanged."""

from services.normalize import Extraction, extract

TITLES = {
    "en": "Envoy leaves palace after four hours of talks",
    "ru": "Посланник покинул дворец после четырех часов переговоров",
    "be": "Пасланнік пакінуў палац пасля чатырох гадзін перамоваў",
    "uk": "Посланець залишив палац після чотирьох годин переговорів",
    "pl": "Wysłannik opuścił pałac po czterech godzinach rozmów",
    "lt": "Pasiuntinys po keturių valandų derybų paliko rūmus",
    "de": "Gesandter verlässt Palast nach vier Stunden",
    "fr": "L’émissaire quitte le palais après quatre heures de discussions",
    "es": "El enviado abandona el palacio tras cuatro horas de conversaciones",
}
PARAGRAPHS = {
    "en": (
        "The delegation spent four hours in the palace and left for the airport without speaking to reporters.",
        "Two former prisoners who were on the bus said that guards had told them nothing until the border came into view.",
        "The finance ministry put the value of the frozen contracts at about 40 million euros, most of it for fertiliser.",
    ),
    "ru": (
        "Делегация провела во дворце четыре часа и уехала в аэропорт, не ответив на вопросы журналистов.",
        "Двое бывших заключенных, ехавших в автобусе, рассказали, что конвой молчал до самой границы.",
        "Министерство финансов оценило замороженные контракты в 40 миллионов евро, большая часть — удобрения.",
    ),
    "be": (
        "Дэлегацыя правяла ў палацы чатыры гадзіны і паехала ў аэрапорт, не адказаўшы на пытанні журналістаў.",
        "Двое былых вязняў, якія ехалі ў аўтобусе, расказалі, што канвой маўчаў да самай мяжы.",
        "Міністэрства фінансаў ацаніла замарожаныя кантракты ў 40 мільёнаў еўра, большая частка — угнаенні.",
    ),
    "uk": (
        "Делегація провела в палаці чотири години й поїхала до аеропорту, не відповівши на запитання журналістів.",
        "Двоє колишніх в’язнів, які їхали в автобусі, розповіли, що конвой мовчав аж до кордону.",
        "Міністерство фінансів оцінило заморожені контракти у 40 мільйонів євро, більша частина — добрива.",
    ),
    "pl": (
        "Delegacja spędziła w pałacu cztery godziny i odjechała na lotnisko, nie odpowiadając na pytania dziennikarzy.",
        "Dwaj byli więźniowie, którzy jechali autobusem, mówili, że konwój milczał aż do granicy.",
        "Ministerstwo finansów wyceniło zamrożone kontrakty na około 40 milionów euro, z czego większość to nawozy.",
    ),
    "lt": (
        "Delegacija rūmuose praleido keturias valandas ir išvyko į oro uostą, neatsakiusi į žurnalistų klausimus.",
        "Du buvę kaliniai, važiavę autobusu, pasakojo, kad konvojus tylėjo iki pat sienos.",
        "Finansų ministerija įšaldytas sutartis įvertino maždaug 40 milijonų eurų, daugiausia tai trąšos.",
    ),
    "de": (
        "Die Delegation blieb vier Stunden im Palast und fuhr zum Flughafen, ohne mit den Journalisten zu sprechen.",
        "Zwei frühere Häftlinge, die im Bus saßen, berichteten, die Wachen hätten bis zur Grenze geschwiegen.",
        "Das Finanzministerium bezifferte den Wert der Verträge auf rund 40 Millionen Euro, das meiste für Dünger.",
    ),
    "fr": (
        "La délégation est restée quatre heures au palais avant de repartir vers l’aéroport sans parler aux journalistes.",
        "Deux anciens détenus qui se trouvaient dans le bus ont raconté que les gardes s’étaient tus jusqu’à la frontière.",
        "Le ministère des finances évalue les contrats gelés à quelque 40 millions d’euros, pour l’essentiel des engrais.",
    ),
    "es": (
        "La delegación pasó cuatro horas en el palacio y se marchó al aeropuerto sin hablar con los periodistas.",
        "Dos antiguos presos que viajaban en el autobús contaron que los guardias callaron hasta la frontera.",
        "El ministerio de Hacienda cifra los contratos congelados en unos 40 millones de euros, en su mayoría abonos.",
    ),
}


def newsroom_page(
    language: str, *, above: str = "", first: str = "", middle: str = "", last: str = "", head: str = ""
) -> str:
    """The page: `above` stands under the headline, `first` before the first words, `middle` and `last` are paragraphs."""
    one, *others, end = PARAGRAPHS[language]
    texts = [f"{first}{one}", *([middle] if middle else []), *others, end, *([last] if last else [])]
    body = "".join(f"<p>{text}</p>\n" for text in texts)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{TITLES[language]}</title>{head}</head>'
        '<body><header><a href="/">Ledger</a><ul><li><a href="/a">A</a></li><li><a href="/b">B</a></li></ul></header>'
        f'<main><article><h1>{TITLES[language]}</h1>{above}<div class="article__text">{body}</div></article></main>'
        "<footer><p>© 2026 Ledger</p></footer></body></html>"
    )


def newsroom_article(language: str, **parts: str) -> Extraction:
    """What is read of such a page."""
    found = extract(
        newsroom_page(language, **parts).encode(), "https://ledger.example/news/talks", "text/html"
    )
    assert isinstance(found, Extraction), found
    return found

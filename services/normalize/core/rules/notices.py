"""Notes to the reader that stand among the paragraphs: appeals, sign-up boxes, cookies, paywalls, notes on pictures."""

import re

from services.normalize.core.draft import Draft
from services.normalize.core.phrases import WIDE_NOTICE, words_of

NOTICE_CHARS = 600  # an appeal may be a long paragraph; a longer one is rather an article about appeals


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.I)


NOTICES: tuple[tuple[str, int, re.Pattern[str]], ...] = (
    (
        "note on an AI image",
        450,
        _any(
            r"(?:image|picture|photo|illustration|visual)\b.{0,40}\b(?:ai[- ]generated|(?:generated|created) (?:by|with|using) (?:ai|artificial))",
            r"ai[- ]generated (?:image|picture|illustration)",
            r"(?:изображение|картинка|иллюстрация).{0,40}(?:сгенерирован|создан[ао]?).{0,20}(?:ии|нейросет|искусственн)",
            r"(?:выява|малюнак).{0,40}(?:згенеравана|створана).{0,20}(?:ші|нейрасет|штучн)",
            r"зображення.{0,40}(?:згенерован|створен).{0,20}(?:ші|нейромереж|штучн)",
            r"(?:obraz|grafika|zdjęcie|ilustracja).{0,40}(?:wygenerowan|stworzon).{0,20}(?:ai|sztuczn)",
            r"(?:bild|foto|illustration).{0,40}(?:ki|künstlich\w*).{0,20}(?:generiert|erstellt|erzeugt)",
        ),
    ),
    (
        "appeal",
        NOTICE_CHARS,
        _any(
            r"(?:our|independent) journalism (?:needs|relies|depends|is funded|is supported)",
            r"support (?:our|independent|quality|local) (?:work|journalism|reporting|newsroom|mission)|(?:please )?consider (?:supporting|donating|becoming|making a)",
            r"become a (?:member|supporter|patron|subscriber)\b|make a (?:donation|contribution|gift)",
            r"at \w+, we believe .{0,80}(?:journalism|news)|help us (?:keep|continue) (?:telling|reporting|our)",
            r"поддержит[еь] (?:нас|редакцию|журналист|наш|независим|\w+ донат)|станьте (?:нашим )?(?:патрон|подписчик|спонсор)|оформ\w+ (?:регулярное )?пожертвовани",
            r"падтрымайце (?:нас|рэдакцыю|незалежн|працу)|підтримайте (?:нас|редакцію|наш|незалежн|роботу)|стань(?:те)? (?:спільнот|патрон|підписник)",
            r"wesprzyj (?:nas|niezależn|nasz)|wspieraj (?:nas|niezależn)|paremkite (?:mus|nepriklausom|laisv)|"
            r"unterstützen sie (?:uns|unser|unabhängig)|soutenez (?:nous|notre|un média|la presse)|apoya (?:el|nuestro|a) (?:periodismo|trabajo|medio)",
        ),
    ),
    (
        "sign-up note",
        320,
        _any(
            r"sign up (?:for|to|here|now|today).{0,80}(?:newsletter|alerts?|updates|inbox|briefing)|subscribe (?:to|for|now|today|here)\b.{0,60}(?:newsletter|channel|podcast|youtube|alerts|magazine|access|our|"
            r"\bus\b)|(?:delivered|straight|right|directly) (?:to|into) your inbox|get (?:the|our|more) .{0,60}(?:newsletter|in your inbox)|please subscribe",
            r"(?:follow|join|like) us on (?:facebook|twitter|x\b|instagram|telegram|whatsapp|google|social)|download (?:our|the) (?:\w+ ){0,2}app\b",
            r"подпи(?:шитесь|сывайтесь|сывайся|шись)\b.{0,80}(?:канал|телеграм|telegram|рассылк|нас|instagram|дзен|youtube|google)|"
            r"(?:наш|читайте нас|мы) в (?:телеграм|telegram|google|дзен|viber|facebook)|присоединяйтесь к (?:нам|нашему)",
            r"падпі(?:шыцеся|свайцеся)\b.{0,80}(?:канал|тэлеграм|telegram|рассылк|нас)|чытайце нас у|"
            r"підпи(?:шіться|суйтесь|суйтеся|шись)\b.{0,80}(?:канал|телеграм|telegram|нас|розсилк|youtube|google)|читайте нас (?:у|в)\b",
            r"(?:zapisz się|subskrybuj).{0,60}(?:newsletter|kanał)|(?:obserwuj|polub|śledź) nas|dołącz do nas|pobierz (?:naszą )?aplikację",
            r"prenumeruok(?:ite)?.{0,60}(?:naujienlaišk|kanal|mus)|sekite (?:mus|naujienas)",
            r"(?:melden sie sich|jetzt anmelden|abonnieren sie).{0,80}(?:newsletter|an\b)|newsletter (?:abonnieren|bestellen)|folgen sie uns",
            r"(?:inscrivez-vous|abonnez-vous).{0,80}(?:newsletter|lettre|infolettre|alertes|chaîne)|suivez-nous",
            r"suscríbe(?:te|ase) (?:a|al|aquí).{0,60}(?:newsletter|boletín|canal|nuestr)|síguenos en|inscreva-se|siga (?:o|a|nos)",
        ),
    ),
    (
        "cookie note",
        NOTICE_CHARS,
        _any(
            r"(?:we|this (?:site|website)|our partners) (?:and our partners )?(?:uses?|store) cookies|accept (?:all )?cookies|cookie (?:policy|settings|preferences)|"
            r"(?:external|third[- ]party) content .{0,60}(?:consent|cookies|privacy)|if you purchase a product or register for an account",
            r"(?:мы|сайт) использу(?:ем|ет) (?:файлы )?cookie|используем файлы куки|карыстаемся (?:файламі )?cookie|використовує(?:мо)? (?:файли )?cookie",
            r"(?:używamy|korzystamy z|strona używa) (?:plików )?(?:cookies|ciasteczek)|naudoj(?:ame|a) slapukus|verwende[nt]\w* cookies|cookies (?:akzeptieren|zulassen)|"
            r"(?:externer|der externe|externen) inhalt|personenbezogene daten .{0,60}(?:drittplattform|übermittelt)|utilis(?:e|ons) des cookies|utiliza(?:mos)? cookies",
        ),
    ),
    (
        "paywall note",
        320,
        _any(
            r"(?:subscribe|log ?in|sign in|register) to (?:continue|keep) reading|already (?:a|have a) (?:subscriber|subscription|member|account)|this (?:article|content|story) is (?:for|only|exclusive|reserved)|"
            r"(?:unlimited|full|premium|digital) access|you have reached your (?:limit|article)|free trial\b.{0,40}cancel",
            r"(?:доступно|доступен|только|полный текст).{0,40}(?:подписчик|по подписке)|(?:dostęp|treść|artykuł).{0,40}(?:subskryb|premium|prenumerat)|"
            r"(?:nur für|mit) (?:abonnenten|abo\b|\w+\+)|jetzt (?:weiterlesen|abonnieren|testen)|réservé aux abonnés|il vous reste .{0,30} à lire|exclusivo para suscriptores",
        ),
    ),
    (
        "rights note",
        400,
        _any(
            r"all rights reserved|this material may not be published|reproduction .{0,60}prohibited|©|\(c\) (?:19|20)\d\d|copyright (?:19|20|©)",
            r"все права защищены|(?:перепечатка|использование|копирование|цитирование) (?:материалов|возможн|допуск|разреш|только|без).{0,200}|"
            r"усе правы абаронены|усі права захищені|передрук|wszelkie prawa zastrzeżone|visos teisės saugomos|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|todos os direitos",
            r"版权(?:所有|归)|版權所有|免责声明|免責聲明|转载请|未经.{0,12}(?:许可|授权|同意)|禁止转载|無断転載|無断複製|무단.{0,6}(?:전재|복제|배포)",
        ),
    ),
    (
        "error note",
        400,
        _any(
            r"(?:found|spotted|see) (?:a|an) (?:error|mistake|typo)|нашли ошибку|заметили ошибку|если вы (?:нашли|заметили).{0,20}(?:ошибк|опечатк)|выделите (?:её|ее|текст|фрагмент).{0,40}ctrl|"
            r"знайшлі памылку|заўважылі памылку|знайшли помилку|помітили помилку|ctrl ?\+ ?enter|zauważyłeś błąd|pastebėjote klaidą",
        ),
    ),
)
"""Reason, longest text in characters, pattern. Each phrase was seen on a page or is its counterpart in another language."""


TRIGGER_WORDS = (
    "ai ai-generated artificial нейросеть нейросети нейросетью ии искусственного искусственным искусственный нейрасетка штучнага штучным ші "
    "нейромережа нейромережею нейромережі штучного штучним sztucznej sztuczną ki künstlicher künstlichen ki-generiert ki-generiertes "
    "journalism support supporting donating donate donation contribution gift member supporter patron subscriber subscribe subscribing "
    "subscription sign newsletter newsletters inbox follow join like download app cookies cookie consent content purchase register log "
    "login unlimited premium digital limit trial rights copyright © reproduction material reporting telling error mistake typo ctrl "
    "поддержите поддержать поддержи станьте оформите оформить подпишитесь подписывайтесь подписывайся подпишись наш читайте мы "
    "присоединяйтесь cookie куки файлы подписчикам подписчиков подписке права перепечатка использование копирование цитирование ошибку "
    "опечатку выделите падтрымайце падпішыцеся падпісвайцеся чытайце правы памылку підтримайте стань станьте підпишіться підписуйтесь "
    "підписуйтеся підпишись права помилку передрук "
    "wesprzyj wspieraj zapisz subskrybuj obserwuj polub śledź dołącz pobierz cookies ciasteczek dostęp treść artykuł prawa błąd "
    "paremkite prenumeruokite prenumeruok sekite slapukus teisės klaidą "
    "unterstützen melden anmelden abonnieren folgen externer externe externen inhalt personenbezogene abonnenten abo weiterlesen testen "
    "rechte soutenez inscrivez-vous abonnez-vous suivez-nous abonnés reste droits apoya suscríbete suscríbase síguenos inscreva-se siga "
    "suscriptores derechos direitos"
)
TRIGGERS = frozenset(word.encode() for word in TRIGGER_WORDS.split())
"""Every pattern needs one of these words: looking them up costs a fiftieth of trying the patterns."""


def cut_notices(draft: Draft) -> None:
    """Cut short paragraphs that speak to the reader of the page, not of the news.

    Needed for pages that put "Our journalism needs your support" between the paragraphs, in the paragraphs' own class.
    """
    blocks = draft.scored.page.blocks
    for at in draft.kept_places():
        text = blocks[at].text
        if len(text) > NOTICE_CHARS:
            continue
        reason = _reason_of(text)
        if reason is not None:
            draft.cut(at, "notices", reason)


def _reason_of(text: str) -> str | None:
    if TRIGGERS.isdisjoint(words_of(text)) and (text.isascii() or not WIDE_NOTICE.search(text)):
        return None
    for reason, longest, pattern in NOTICES:
        if len(text) <= longest and pattern.search(text):
            return reason
    return None

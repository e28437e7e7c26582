"""The phrases of notes to the reader, in the languages of our outlets, and the words that must be there to try them."""

import re
from dataclasses import dataclass

from services.normalize.core.words.expressions import alternatives_of, letters_within

NOTICE_CHARS = 600  # an appeal may be a long paragraph; a longer one is rather an article about appeals


@dataclass(frozen=True, slots=True)
class Phrase:
    """An expression for text in lower case, and letters that stand in all that it can find: looking for these costs little."""

    pattern: re.Pattern[str]
    letters: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of note: its reason in words, the longest text in characters, the words one of which it needs.

    Looking the words up costs a hundredth of trying the phrases, which are for text in lower case: an expression that does
    not tell cases apart is tried at every letter, and takes five times as long.
    """

    reason: str
    longest: int
    words: frozenset[bytes]
    phrases: tuple[Phrase, ...]

    def is_in(self, text: str) -> bool:
        """Whether one of its phrases stands in a text in lower case."""
        return any(phrase.letters in text and phrase.pattern.search(text) for phrase in self.phrases)


def _any(*patterns: str) -> tuple[Phrase, ...]:
    """A phrase for each alternative: one is looked for by its letters, several are all tried at every letter."""
    alternatives = [one for pattern in patterns for one in alternatives_of(pattern)]
    return tuple(Phrase(re.compile(one), letters_within(one)) for one in alternatives)


def _words(text: str) -> frozenset[bytes]:
    return frozenset(word.encode() for word in text.split())


NOTICES: tuple[Notice, ...] = (
    Notice(
        "note on an AI image",
        450,
        _words(
            "ai ai-generated artificial нейросеть нейросети нейросетью ии искусственного искусственным "
            "искусственный нейрасетка нейрасеткай штучнага штучным ші нейромережа нейромережею нейромережі "
            "штучного штучним sztucznej sztuczną ki künstlicher künstlichen ki-generiert ki-generiertes"
        ),
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
    Notice(
        "appeal",
        NOTICE_CHARS,
        _words(
            "journalism support supporting donating donation contribution contribute free gift supporter patron newsroom "
            "поддержите поддержать поддержи станьте оформите оформить падтрымайце підтримайте стань станьте "
            "wesprzyj wspieraj paremkite unterstützen soutenez apoya"
        ),
        _any(
            r"(?:our|independent) journalism (?:needs|relies|depends|is funded|is supported)",
            r"support (?:our|independent|quality|local) (?:work|journalism|reporting|newsroom|mission)|consider (?:supporting|donating|becoming|making a)",
            r"become a (?:member|supporter|patron|subscriber)\b|make a (?:donation|contribution|gift)",
            r"at \w+, we believe .{0,80}(?:journalism|news)|help us (?:keep|continue) (?:telling|reporting|our)|"
            r"contribut(?<!\wcontribut)(?:e|ion of) as little as|keep (?:our|this|the) (?:news|stories|journalism|site|work)\b.{0,20}\bfree\b",
            r"поддержит[еь] (?:нас|редакцию|журналист|наш|независим|\w+ донат)|станьте (?:нашим )?(?:патрон|подписчик|спонсор)|оформ\w+ (?:регулярное )?пожертвовани",
            r"падтрымайце (?:нас|рэдакцыю|незалежн|працу)|підтримайте (?:нас|редакцію|наш|незалежн|роботу)|стань(?:те)? (?:спільнот|патрон|підписник)",
            r"wesprzyj (?:nas|niezależn|nasz)|wspieraj (?:nas|niezależn)|paremkite (?:mus|nepriklausom|laisv)|"
            r"unterstützen sie (?:uns|unser|unabhängig)|soutenez (?:nous|notre|un média|la presse)|apoya (?:el|nuestro|a) (?:periodismo|trabajo|medio)",
        ),
    ),
    Notice(
        "sign-up note",
        320,
        _words(
            "sign subscribe newsletter newsletters inbox follow join app facebook telegram instagram подпишитесь "
            "подписывайтесь подписывайся подпишись наш читайте присоединяйтесь падпішыцеся падпісвайцеся чытайце "
            "підпишіться підписуйтесь підписуйтеся підпишись zapisz subskrybuj obserwuj polub śledź dołącz "
            "pobierz prenumeruokite prenumeruok sekite anmelden melden abonnieren folgen inscrivez-vous abonnez-vous "
            "suivez-nous suscríbete suscríbase síguenos inscreva-se siga"
        ),
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
    Notice(
        "cookie note",
        NOTICE_CHARS,
        _words(
            "cookies cookie consent purchase куки ciasteczek slapukus externer externe externen personenbezogene"
        ),
        _any(
            r"(?:we|this (?:site|website)|our partners) (?:and our partners )?(?:uses?|store) cookies|accept (?:all )?cookies|cookie (?:policy|settings|preferences)|"
            r"(?:external|third[- ]party) content .{0,60}(?:consent|cookies|privacy)|if you purchase a product or register for an account",
            r"(?:мы|сайт) использу(?:ем|ет) (?:файлы )?cookie|используем файлы куки|карыстаемся (?:файламі )?cookie|використовує(?:мо)? (?:файли )?cookie",
            r"(?:używamy|korzystamy z|strona używa) (?:plików )?(?:cookies|ciasteczek)|naudoj(?:ame|a) slapukus|verwende[nt]\w* cookies|cookies (?:akzeptieren|zulassen)|"
            r"(?:externer|der externe|externen) inhalt|personenbezogene daten .{0,60}(?:drittplattform|übermittelt)|utilis(?:e|ons) des cookies|utiliza(?:mos)? cookies",
        ),
    ),
    Notice(
        "paywall note",
        320,
        _words(
            "subscribe log login sign register subscriber subscription member account unlimited premium access "
            "trial limit exclusive reserved подписчикам подписчиков подписке падпісчыкам падпісчыкаў передплатникам передплатників prenumeratorów prenumeratoriams dostęp treść artykuł abonnenten abo "
            "weiterlesen testen abonnieren abonnés reste suscriptores"
        ),
        _any(
            r"(?:subscribe|log ?in|sign in|register) to (?:continue|keep) reading|already (?:a|have a) (?:subscriber|subscription|member|account)|this (?:article|content|story) is (?:for|only|exclusive|reserved)|"
            r"(?:unlimited|full|premium|digital) access|you have reached your (?:limit|article)|free trial\b.{0,40}cancel",
            r"(?:доступно|доступен|только|полный текст).{0,40}(?:подписчик|по подписке)|(?:даступны|толькі|поўны тэкст).{0,40}падпісчык|(?:доступн\w+|лише|тільки|повний текст).{0,40}передплатник|"
            r"(?:dostęp|treść|artykuł).{0,40}(?:subskryb|premium|prenumerat)|tik prenumeratoriams|"
            r"(?:nur für|mit) (?:abonnenten|abo\b|\w+\+)|jetzt (?:weiterlesen|abonnieren|testen)|réservé aux abonnés|il vous reste .{0,30} à lire|exclusivo para suscriptores",
        ),
    ),
    Notice(
        "rights note",
        400,
        _words(
            "rights © (c copyright reproduction prohibited material права перепечатка использование копирование "
            "цитирование правы передрук prawa teisės rechte droits derechos direitos використання матеріали матеріалів "
            "материалов материалы выкарыстанне матэрыялаў content"
        ),
        _any(
            r"all rights reserved|this material may not be published|(?:material|content)s? (?:on|of|from) this (?:site|website|page) (?:may|can|must) not be|reproduction .{0,60}prohibited|©|\(c\) (?:19|20)\d\d|copyright (?:19|20|©)",
            r"все права защищены|(?:перепечатка|использование|копирование|цитирование) (?:материалов|возможн|допуск|разреш|только|без).{0,200}|"
            r"використання (?:матеріалів|будь-яких|інформації).{0,60}(?:лише|тільки|дозвол|заборон|за умови)|матеріали .{0,60}(?:не підляга|рекламн|правах реклами)|"
            r"матеріали з (?:плашкою|позначкою)|материалы с (?:плашкой|пометкой)|материалы .{0,60}(?:на правах рекламы|не подлежат)|"
            r"выкарыстанне матэрыялаў .{0,60}(?:толькі|дазвол|забарон)|усе правы абаронены|усі права захищені|передрук|wszelkie prawa zastrzeżone|visos teisės saugomos|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|todos os direitos",
            r"版权(?:所有|归)|版權所有|免责声明|免責聲明|转载请|未经.{0,12}(?:许可|授权|同意)|禁止转载|無断転載|無断複製|무단.{0,6}(?:전재|복제|배포)",
        ),
    ),
    Notice(
        "error note",
        400,
        _words("error mistake typo ошибку опечатку выделите памылку помилку ctrl błąd klaidą"),
        _any(
            r"(?:found|spotted|see) (?:a|an) (?:error|mistake|typo)|нашли ошибку|заметили ошибку|если вы (?:нашли|заметили).{0,20}(?:ошибк|опечатк)|выделите (?:её|ее|текст|фрагмент).{0,40}ctrl|"
            r"знайшлі памылку|заўважылі памылку|знайшли помилку|помітили помилку|ctrl ?\+ ?enter|zauważyłeś błąd|pastebėjote klaidą",
        ),
    ),
)
"""Each phrase was seen on a page or is its counterpart in another language."""

"""Phrases that mark text as no part of an article, in the languages of our outlets; found by words, not by searching."""

import re

JUNK_STARTS = (
    r"advertisement|read more|also read|read also|related|share this|sign up|subscribe|click here|follow us|more on|see also|watch\b|"
    r"recommended|continue reading|photo|image|getty images|copyright|all rights reserved|©|\(c\)|by |posted|published|"
    r"updated|last updated|tags?:|source:|editor|loading|comments?|share\b|print|email|next\b|previous|back to|home\b|advert|"
    r"story continues|article continues|newsletter|get the|join |download|listen|"
    r"lesen sie auch|mehr zum thema|anzeige|werbung|von |zum thema|foto|bild|quelle|"
    r"читайте также|читать также|фото|источник|подпис|по теме|реклама|чытайце таксама|падпіс|глядзіце таксама|читайте|"
    r"zobacz|czytaj|źródło|reklama|skaityk|nuotr|taip pat|"
    r"par |lire aussi|publié|publicité|lea también|lee también|publicidad|por |leia também|baca juga|πηγή|διαβάστε|"
    r"相关|责任编辑|编辑|来源|分享|版权|声明|原标题|更多|推荐|上一篇|下一篇"
)
JUNK_HEADINGS = (
    r"related|more\b|read (?:more|next|also)|recommend|comments?|leave a|latest|trending|popular|most\b|"
    r"you may|you might|also|see also|share|about the|about us|sign up|newsletter|subscribe|follow|tags?\b|topics?\b|hashtags?|next|"
    r"previous|editor|top stories|sponsored|from (?:the|around)|what to read|keep reading|our |join|mehr|lesen|das könnte|"
    r"meist|weitere|kommentar|empfehl|themen|читайте|похожие|коммент|другие|ещё|еще|по теме|новости|последние|популярн|"
    r"чытайце|каментар|апошнія|навіны па тэме|навіны|читати|коментар|останні|популярні|новини|"
    r"czytaj|zobacz|komentarze|polecamy|najnowsze|więcej|susiję|komentarai|naujausi|skaitomiausi|taip pat|"
    r"à lire|lire|sur le même|commentaires|les plus|plus d|lea|más|te puede|noticias|comentarios|leia|mais|veja|comentários|"
    r"相关|推荐|热门|更多|评论|最新|精彩|猜你|關|熱門|相關|留言|更多|おすすめ|関連|あわせて|ランキング|διαβάστε|σχετικ|baca|terkait|"
    r"berita|komentar|try our|explore more|opinion|connect"
)
"""Alternatives of a regular expression; each begins with three letters or blanks as they are, or is a shorter word or a sign."""

JUNK_START = re.compile(rf"\W*(?:{JUNK_STARTS})")
JUNK_HEADING = re.compile(rf"\W*(?:\d+ )?(?:{JUNK_HEADINGS})")
"""Both are for text in lower case: a pattern that tells no cases apart takes four times as long."""


def _beginnings(alternatives: str) -> frozenset[str]:
    """The first three letters of each alternative, and of some more that lie inside groups: that costs little."""
    return frozenset(one[:3] for one in alternatives.split("|"))


POINTER_BEGINNINGS = frozenset([
    "rea", "als", "see", "rel", "mor", "rec", "mos", "wat", "lis", "don", "les", "meh", "sie", "auc", "чит", "смо", "см.", "по ", "ссы",
    "мат", "нов", "ста", "под", "чыт", "гля", "па ", "див", "за ", "czy", "zob", "prz", "tai", "ska", "lir", "à l", "voi", "sur", "lea",
    "lee", "te ", "ver", "lei", "vej", "bac",
])  # fmt: skip
ENDING_BEGINNINGS = frozenset([
    "rel", "rec", "mor", "rea", "you", "com", "lea", "no ", "has", "tre", "mos", "lat", "top", "pop", "пох", "чит", "дру", "по ", "нов",
    "ком", "поп", "пос", "чыт", "інш", "кам", "апо", "ост", "czy", "zob", "kom", "naj", "pol", "sus", "tai", "nau", "ska", "meh", "das",
    "mei", "wei", "art", "suj", "à l", "sur", "les", "not", "tam", "te ", "lo ",
])  # fmt: skip
"""With which letters all begins that the rules' expressions find (`pointers.POINTER`, `endings.ENDING`)."""
LABEL, HEADING, POINTER, ENDING = 1, 2, 4, 8
BEGINNINGS: dict[str, int] = {}
"""Three letters or fewer → what begins so: a label (`JUNK_START`), a heading of something else (`JUNK_HEADING`), a pointer
to another article, a line that ends this one; as bits."""
for _bit, _known in (
    (LABEL, _beginnings(JUNK_STARTS)),
    (HEADING, _beginnings(JUNK_HEADINGS)),
    (POINTER, POINTER_BEGINNINGS),
    (ENDING, ENDING_BEGINNINGS),
):
    for _letters in _known:
        BEGINNINGS[_letters] = BEGINNINGS.get(_letters, 0) | _bit


def beginnings_of(key: str) -> int:
    """Which of the four patterns are worth trying on a text in lower case; looking letters up costs a tenth of that."""
    first, known = key[:1], BEGINNINGS.get(key[:3], 0)
    if "a" <= first <= "z":  # all Latin beginnings are of three letters
        return known
    return (
        known | BEGINNINGS.get(key[:2], 0) | BEGINNINGS.get(first, 0)
        if first.isalpha()
        else LABEL | HEADING | POINTER | ENDING
    )


WIDE_NOTICE = re.compile(
    "声明|聲明|转载|轉載|版权|版權|责任编辑|責任編輯|編輯|编辑[：:）)]|来源[：:]|來源[：:]|微信|微博|关注|扫码|免责|免責|觀點|本网|本站|点击|點擊|下载|"
    "会員|登録|無断|転載|お問い合わせ|著作権|ログイン|クリック|무단|저작권|구독|기자|제보|댓글"
)

NOTICE_WORDS = (
    "newsletter newsletters subscribe subscriber subscribers subscription subscriptions inbox cookie cookies privacy terms copyright © "
    "disclaimer donate donation donations contribution contributions membership login register registered registration advertising "
    "advertisement affiliate commission e-mail email mail whatsapp telegram facebook twitter instagram youtube linkedin javascript "
    "browser app reserved "
    "abonnieren abonnement abo anmelden anmeldung registrieren datenschutz impressum nutzungsbedingungen werbung "
    "подписка подпишитесь подписывайтесь подписаться рассылка рассылку реклама перепечатка использование материалов пожертвование "
    "поддержите поддержать регистрация войти телеграм телеграме телеграм-канал "
    "падпішыцеся падпісвайцеся падтрымайце рассылка рэклама тэлеграм "
    "підпишіться підписуйтесь підпишись розсилка підтримайте реклама телеграм "
    "subskrybuj newslettera prenumerata zapisz wesprzyj zaloguj regulamin prywatności ciasteczka reklama "
    "prenumeruok prenumerata naujienlaiškis prenumeruokite remti parama slapukai slapukų reklama "
    "abonnez-vous abonnement abonnés inscrivez-vous connexion publicité soutenez confidentialité "
    "suscríbete suscribirse suscripción boletín regístrate publicidad privacidad"
)
LINKING_WORDS = (
    "read watch click follow recommended related also more share photo photograph image video caption credit getty reuters/ afp/ "
    "shutterstock screenshot lesen foto bild siehe читайте смотрите фото видео подробнее чытайце глядзіце відэа фота дивіться "
    "czytaj zobacz fot skaitykite nuotr žiūrėkite lire voir photo lea foto vea leia"
)
WRITER_WORDS = (
    "reporter writer editor journalist correspondent columnist author contributor redakteur redakteurin autor autorin журналист "
    "корреспондент автор редактор журналіст карэспандэнт кореспондент dziennikarz dziennikarka žurnalistas journaliste periodista"
)
NOTICE = frozenset(word.encode() for word in NOTICE_WORDS.split())
LINKING = frozenset(word.encode() for word in LINKING_WORDS.split())
WRITER = frozenset(word.encode() for word in WRITER_WORDS.split())

_PUNCTUATION_TO_BLANK = bytes.maketrans(b"!\"#$%&'()*+,.:;<=>?[\\]^_`{|}~", b" " * 29)


def words_of(text: str) -> list[bytes]:
    """The words of a text in lower case as UTF-8, without ASCII punctuation; about two microseconds a paragraph."""
    return text.lower().encode("utf-8", "replace").translate(_PUNCTUATION_TO_BLANK).split()

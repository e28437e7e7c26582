"""Function words that tell nothing of an event, in the languages of the feeds. Data only."""

ENGLISH = """
a an the of to in on at by for from with into onto upon and or nor but is are was were be been being am has have had
having do does did doing will would can could may might must shall should not no it its he she they them him his her
hers their theirs this that these those as if so than then there here we us our ours you your yours i my me mine who
whom whose which what when where why how all any some each both few more most other one also said says say told mr mrs
ms dr about after before over under again out up down off just only very own same too such while during through
between against because until
"""

RUSSIAN = """
и в во не что он на я с со как а то все она так его но да ты к ко у же вы за бы по только ее мне было вот от меня еще
нет о об обо из ему теперь когда даже ну ли если уже или ни быть был была были него до вас нибудь уж вам ведь там потом
себя ничего ей может они тут где есть надо ней для мы тебя их чем сам сама сами чтоб без будто чего раз тоже себе под
будет тогда кто этот того потому этого какой ним здесь этом один мой тем чтобы нее сейчас куда зачем всех можно при
наконец два другой хоть после над больше тот через эти нас про всего них какая много разве эту моя свою свой своей
этой перед том такой им более всегда всю между это также который которые которая которого которой которых
"""

UKRAINIAN = """
і й та в у не що він на я з із зі як а то все вона так його але ти до же ви за би по тільки її мені було від мене ще
ні про йому коли навіть чи якщо вже або бути був була були нього вас вам там потім себе їй може вони тут де є треба
для ми їх ніж сам щоб без раз теж собі під буде тоді хто цей того тому цього який яка яке які якого яких ним також між
після над через ці нас них
"""

BELARUSIAN = """
і ў у не што ён на я з са як а то усё яна так яго але ты да ж вы за бы па толькі яе мне было ад мяне яшчэ не аб пра
яму калі нават ці калі ужо або быць быў была былі вас вам там потым сябе ёй можа яны тут дзе ёсць трэба для мы іх чым
сам каб без раз таксама сабе пад будзе тады хто гэты таго таму гэтага які якая якія якога ім паміж пасля над праз гэта
"""

POLISH = """
i w we na z ze do nie to się że jest o od po za jak ale a tak co tym tego jego jej ich go mu był była było były być
będzie są dla przez przy pod nad oraz czy już tylko też także może który która które którzy którego których ten ta te
tej ci on ona oni ono my wy ja ty sobie siebie bez między przed gdy gdzie kiedy kto
"""

LITHUANIAN = """
ir o bet ar kad kaip su be iš į ant po už nuo iki apie prie per dėl tai tas ta tie tos to jis ji jie jos jo jų yra
buvo bus būti nėra ne taip pat dar jau tik arba kai kur kas kuris kuri kurie kurios mes jūs aš tu savo
"""

FUNCTION_WORDS = {
    code: frozenset(words.replace("ё", "е").split())
    for code, words in (
        ("en", ENGLISH),
        ("ru", RUSSIAN),
        ("uk", UKRAINIAN),
        ("be", BELARUSIAN),
        ("pl", POLISH),
        ("lt", LITHUANIAN),
    )
}
STOP_WORDS = frozenset().union(*FUNCTION_WORDS.values())

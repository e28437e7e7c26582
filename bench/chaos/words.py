"""The words of a chaos run's articles: plain English sentences, in which the names belong to one article alone. Pure."""

# ruff: noqa: SIM905 - fifty words read better as text than as a list of fifty lines

import random
from functools import cache

NOUNS = (
    "delegation ministry embassy parliament border railway refinery embargo ceasefire hostage prisoner envoy sanction "
    "tariff pipeline airline customs tribunal committee mission treaty corridor harbour consulate budget levy permit "
    "convoy council court factory farm market museum office station union warehouse"
).split()
PLACES = (
    "Minsk Vilnius Warsaw Brest Gomel Riga Geneva Ankara Kaunas Hrodna Vienna Tallinn Oslo Lublin Prague Berlin "
    "Helsinki Lida Mogilev Orsha Pinsk Polotsk Vitebsk Zurich"
).split()
VERBS = (
    "reopened delayed rejected welcomed postponed signed disputed confirmed denied inspected closed extended "
    "financed guarded praised repaired searched visited"
).split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
SYLLABLES = "ba be bo da de do ga ka ke ko la le lo ma mi mo na ne no pa po ra re ri ro sa se so ta te ti to va ve vo za zo".split()
NAMES_EACH = 12
SENTENCES = 3


@cache
def names_of(root: int) -> list[str]:
    """The people and places that only this article names."""
    chance = random.Random(f"names {root}")
    return ["".join(chance.choices(SYLLABLES, k=4)).capitalize() for _ in range(NAMES_EACH)]


@cache
def headline_of(root: int) -> str:
    """The headline of the article with this number."""
    chance, names = random.Random(f"title {root}"), names_of(root)
    return f"{names[0]} {chance.choice(VERBS)} the {chance.choice(NOUNS)} of {names[1]} after {names[2]} row {root}"


def paragraphs_of(root: int, count: int) -> list[str]:
    """The paragraphs of the article with this number; no other article has any of them."""
    chance, names = random.Random(f"text {root}"), names_of(root)
    return [" ".join(_sentence(chance, names) for _ in range(SENTENCES)) for _ in range(count)]


def _sentence(chance: random.Random, names: list[str]) -> str:
    one, other, third = chance.sample(names, 3)
    return (
        f"The {chance.choice(NOUNS)} in {chance.choice(PLACES)} {chance.choice(VERBS)} the {one} {chance.choice(NOUNS)} on "
        f"{chance.choice(DAYS)}, and {other} said that {chance.randrange(3, 9_999)} people of {third} had asked the "
        f"{chance.choice(NOUNS)} about the {chance.choice(NOUNS)}."
    )

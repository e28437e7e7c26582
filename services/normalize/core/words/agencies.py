"""News agencies, and how pages in each language write their names."""

AGENCY_FORMS: dict[str, tuple[str, ...]] = {
    "Reuters": ("Reuters", "Thomson Reuters", "Рейтер", "Рэйтэр"),
    "Associated Press": ("AP", "Associated Press", "The Associated Press", "AP News"),
    "AFP": ("AFP", "Agence France-Presse", "АФП", "AFP News"),
    "dpa": ("dpa", "Deutsche Presse-Agentur"),
    "PA Media": ("PA Media", "Press Association", "PA"),
    "EFE": ("EFE",),
    "ANSA": ("ANSA",),
    "APA": ("APA",),
    "UPI": ("UPI", "United Press International"),
    "Bloomberg": ("Bloomberg", "Bloomberg News"),
    "Xinhua": ("Xinhua", "Синьхуа"),
    "Kyodo": ("Kyodo", "Kyodo News"),
    "Yonhap": ("Yonhap",),
    "Anadolu": ("Anadolu", "Anadolu Agency", "AA"),
    "PTI": ("PTI", "Press Trust of India"),
    "ANI": ("ANI",),
    "IANS": ("IANS",),
    "TASS": ("TASS", "ТАСС", "ИТАР-ТАСС"),
    "RIA Novosti": ("RIA Novosti", "РИА Новости", "RIA"),
    "Interfax": ("Interfax", "Интерфакс", "Інтерфакс", "INTERFAX.RU"),
    "Interfax-Ukraine": ("Interfax-Ukraine", "Інтерфакс-Україна", "Интерфакс-Украина"),
    "Interfax-West": ("Интерфакс-Запад", "Interfax-West"),
    "Sputnik": ("Sputnik", "Спутник"),
    "BelTA": ("BelTA", "БЕЛТА", "БелТА", "БЕЛТА,", "Belta"),
    "BelaPAN": ("БелаПАН", "BelaPAN"),
    "Ukrinform": ("Ukrinform", "Укрінформ", "Укринформ"),
    "UNN": ("UNN", "УНН"),
    "UNIAN": ("UNIAN", "УНІАН", "УНИАН"),
    "BNS": ("BNS", "БНС"),
    "ELTA": ("ELTA", "ЭЛЬТА"),
    "LETA": ("LETA", "ЛЕТА"),
    "PAP": ("PAP", "ПАП"),
}
"""Agency → its spellings. Short ones count only where an agency's name is expected: in datelines and credits."""

AGENCY_OF_FORM = {form.casefold(): agency for agency, forms in AGENCY_FORMS.items() for form in forms}


def agency_named(name: str) -> str | None:
    """The agency that `name`, all of it, is a spelling of; also the first of `AP/Reuters` and of `AFP-BNS`."""
    for part in (name, name.split("/")[0]):
        agency = _agency_of(part)
        if agency:
            return agency
    first, dash, second = name.partition("-")
    return _agency_of(first) if dash and _agency_of(second) else None


def _agency_of(form: str) -> str | None:
    return AGENCY_OF_FORM.get(form.strip(' .,()«»"').casefold())

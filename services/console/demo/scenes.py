"""What the small web shows, and when: its outlets, its pages, and the event each page must bring about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.contracts.events import ARTICLE_PUBLISHED, ARTICLE_REVISED, GROUP_COPY_SEEN
from services.contracts.messages import Side


@dataclass(frozen=True)
class Outlet:
    """One invented outlet; it gets a port of 127.0.0.1 of its own."""

    name: str
    title: str
    country: str
    side: Side
    language: str = "en"
    feed: Literal["rss", "atom"] = "rss"


@dataclass(frozen=True)
class Scene:
    """One change of the small web: a page appears, or changes, with its feed entry.

    `opens_after` names the scenes whose events must have come out first, `delay_s` counts from there (or from the
    start). `brings` is the type of the one event it must bring about; None for a page that must never come out.
    `age_h` dates the page, in hours before the start.
    """

    name: str
    outlet: str
    path: str
    page: str
    title: str
    summary: str
    brings: str | None
    age_h: float
    delay_s: float = 0.0
    opens_after: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    must_contain: tuple[str, ...] = ()
    must_not_contain: tuple[str, ...] = ()


OUTLETS: tuple[Outlet, ...] = (
    Outlet("courier", "The Harbour Courier", "EE", "international", feed="atom"),
    Outlet("pressbasket", "Pressbasket", "US", "international"),
    Outlet("lantern", "Lantern Explains", "PL", "international"),
    Outlet("presently", "Presently", "IN", "regional"),
    Outlet("ledger", "Ledger and Trade Review", "GB", "international"),
    Outlet("vyaselka", "Вясёлка", "LT", "exile", "be", feed="atom"),
)

OUTLET_BY_NAME: dict[str, Outlet] = {outlet.name: outlet for outlet in OUTLETS}

EMBASSIES = "Washington and Minsk agree to reopen embassies after a night of talks"
EMBASSIES_SUMMARY = "Envoys of the United States and Belarus settled a first list of prisoners near Vilnius."
LATE_PARAGRAPH = (
    "  <p>A Belarusian spokesman later confirmed that five more names had been added after a telephone call to "
    "Minsk, among them two students of medicine.</p>"
)

SCENES: tuple[Scene, ...] = (
    Scene(
        name="original",
        outlet="courier",
        path="/news/embassies",
        page="courier_embassies.html",
        title=EMBASSIES,
        summary=EMBASSIES_SUMMARY,
        brings=ARTICLE_PUBLISHED,
        age_h=3.0,
        fields={"names": "21", "added": ""},
        must_contain=("Envoys settled the staffing", "21 political prisoners", "guest house of a monastery"),
        must_not_contain=("Most read", "Oldest crane", "Cookie settings"),
    ),
    Scene(
        name="off topic",
        outlet="courier",
        path="/port/ferry",
        page="courier_ferry.html",
        title="Harbour ferry adds two evening sailings",
        summary="Two more crossings each evening from Monday, the port office said.",
        brings=None,
        age_h=5.0,
    ),
    Scene(
        name="explainer",
        outlet="lantern",
        path="/world/potash-explained",
        page="lantern_potash.html",
        title="Explained: what the United States and Belarus want from each other over potash",
        summary="Prisoners, sanctions and a salt for beet fields.",
        brings=ARTICLE_PUBLISHED,
        age_h=26.0,
        delay_s=2.5,
        must_contain=(
            "Can the sanctions be lifted by one side alone?",
            "If not, both sides will have learned",
        ),
        must_not_contain=("Sign up for our newsletter", "Masthead"),
    ),
    Scene(
        name="wire copy",
        outlet="ledger",
        path="/headlines/fourteen-freed",
        page="ledger_exchange.html",
        title="Fourteen freed on border bridge as US envoy presses Belarus for more",
        summary="Belarus freed 14 people whom Washington calls political prisoners.",
        brings=ARTICLE_PUBLISHED,
        age_h=2.0,
        delay_s=3.5,
        must_contain=("Each name was argued over", "Spring Light counts 1,130"),
        must_not_contain=("Featured image", "Dockers in Trieste", "Danish island", "View All"),
    ),
    Scene(
        name="rewrite",
        outlet="presently",
        path="/article/bridge-of-sighs",
        page="presently_exchange.html",
        title="Bridge of Sighs: Fourteen Prisoners Freed on Frosty Belarus Border",
        summary="American and Belarusian officials carried out an exchange of prisoners.",
        brings=ARTICLE_PUBLISHED,
        age_h=1.5,
        delay_s=4.5,
        must_contain=("American and Belarusian officials carried out", "frosty nods and two folders"),
        must_not_contain=("Left Menu", "AI-generated", "Tram Drivers", "Give Feedback", "night trains"),
    ),
    Scene(
        name="in Belarusian",
        outlet="vyaselka",
        path="/palityka/most",
        page="vyaselka_exchange.html",
        title="Чатырнаццаць палітвязняў перайшлі мост праз Буг",
        summary="Вызваленне стала вынікам перамоваў паміж Мінскам і Вашынгтонам.",
        brings=ARTICLE_PUBLISHED,
        age_h=1.0,
        delay_s=5.0,
        must_contain=("не пазнала яго спачатку", "перавышае тысячу"),
        must_not_contain=("Падпісвайцеся", "Усе правы"),
    ),
    Scene(
        name="copy",
        outlet="pressbasket",
        path="/s/embassies-after-a-night-of-talks",
        page="pressbasket_embassies.html",
        title=EMBASSIES,
        summary="From The Harbour Courier.",
        brings=GROUP_COPY_SEEN,
        age_h=0.7,
        delay_s=0.5,
        opens_after=("original",),
    ),
    Scene(
        name="revision",
        outlet="courier",
        path="/news/embassies",
        page="courier_embassies.html",
        title=EMBASSIES,
        summary=EMBASSIES_SUMMARY + " Now with five more names.",
        brings=ARTICLE_REVISED,
        age_h=3.0,
        delay_s=0.5,
        opens_after=("copy",),
        fields={"names": "26", "added": LATE_PARAGRAPH},
        must_contain=("26 political prisoners", "two students of medicine"),
        must_not_contain=("Most read", "21 political prisoners"),
    ),
    Scene(
        name="update",
        outlet="courier",
        path="/news/first-prisoners-cross",
        page="courier_border.html",
        title="UPDATE: First prisoners cross into Lithuania after embassy deal",
        summary="Seven of the 26 prisoners named in the deal between Washington and Minsk are free.",
        brings=ARTICLE_REVISED,
        age_h=0.2,
        delay_s=0.5,
        opens_after=("revision",),
        must_contain=("Seven of the 26 prisoners", "hats that pupils of a nearby school"),
        must_not_contain=("Most read", "Oldest crane"),
    ),
)

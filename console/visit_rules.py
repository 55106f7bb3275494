"""走访规矩: the rules as sentences with one number each, previewed as names and days before they count."""

from __future__ import annotations

from aiohttp import web

import texts
from console.desk import Desk
from console.guard import staff
from kit.errors import Refusal
from services import visits
from texts.days import spoken_day

PATH = "/console/visits/rules"
_SHOWN = 50


async def rules(at: Desk) -> web.Response:
    """Every sentence as it holds for whoever looks."""
    place = await visits.place_of(at.reach)
    county = await visits.county_now(at.doors.county, place.id if place else None)
    rows = [(name, _sentence(name, visits.number_of(county, name)), _limits(name),
             visits.may_change(name, at.reach, place)) for name in visits.BLANKS]  # fmt: skip
    return at.show("visit_rules.html", rows=rows, place=place.name if place else "", tried=None)


async def look(at: Desk) -> web.Response:
    """What another number would do in the coming year; nothing counts yet."""
    name, value = await _wanted(at)
    changes = await visits.preview(at.doors.county, name, value, at.reach, now=at.now)
    shown = [(one.name, visits.occasion_in_words(one.occasion), spoken_day(one.after) if one.after else "")
             for one in changes[:_SHOWN]]  # fmt: skip
    place = await visits.place_of(at.reach) if name in visits.LOCAL else None
    return at.show(
        "visit_rules.html",
        rows=(), tried=(name, abs(value), _sentence(name, value)), changes=shown, many=len(changes),
        place=place.name if place else "",
    )  # fmt: skip


async def keep(at: Desk) -> web.StreamResponse:
    """It counts from the next planning on."""
    name, value = await _wanted(at)
    await visits.change(name, value, by=at.opened.person, reach=at.reach, now=at.now)
    return at.back(PATH, "rule_kept")


async def _wanted(at: Desk) -> tuple[str, int]:
    """The rule and its number; an offset is said as years earlier."""
    form = await at.form()
    name, said = form.get("name", ""), form.get("number", "").strip()
    if name not in visits.BLANKS:
        raise Refusal("access.unknown")
    if not said.isascii() or not said.isdigit() or len(said) > 4:
        raise Refusal("console.number_wanted")
    return name, -int(said) if name.startswith("offset") else int(said)


def _sentence(name: str, number: int) -> str:
    words: str = texts.section("visits", "rules")[name]
    return words.format(number=abs(number))


def _limits(name: str) -> tuple[int, int]:
    blank = visits.BLANKS[name]
    least, most = sorted((abs(blank.least), abs(blank.most)))
    return least, most


def routes() -> list[web.AbstractRouteDef]:
    """The sentences, the look at one, and its yes."""
    return [
        web.get(PATH, staff(rules)),
        web.post(PATH, staff(look, saves=False)),
        web.post(PATH + "/keep", staff(keep)),
    ]

"""走访规矩: the rules as sentences with blanks; what another number would do is listed by name before it counts."""

from __future__ import annotations

from aiohttp import web

from console.desk import Desk
from console.guard import staff
from kit.errors import Refusal
from services.care import visits

PATH = "/console/visits/rules"
_LISTED = 200
_NAMES = tuple(visits.BLANKS)


async def sentences(at: Desk) -> web.Response:
    """Every sentence with the number that holds for whoever looks, and a field for another one where they may."""
    place = await visits.place_of(at.reach)
    county = await visits.county_now(at.doors.county, place.id if place else None)
    rows = [
        (number, visits.sentence_of(name, value := visits.number_of(county, name)), abs(value), blank,
         visits.may_change(name, place, at.reach))
        for number, (name, blank) in enumerate(visits.BLANKS.items(), 1)
    ]  # fmt: skip
    return at.show("visit_rules.html", rows=rows, place=place)


async def foresee(at: Desk) -> web.Response:
    """What the number would do: names and days, nothing changed yet."""
    name, said = _name(at), at.request.query.get("to", "")
    value = _meant(name, said)
    changes = await visits.preview(at.doors.county, name, value, at.reach, now=at.now)
    place = await visits.place_of(at.reach)
    return at.show(
        "visit_rule.html", number=at.whole("number"), to=said, sentence=visits.sentence_of(name, value),
        effect=visits.BLANKS[name].effect, count=len(changes), place=place if name in visits.LOCAL else None,
        lines=[visits.change_in_words(name, one) for one in changes[:_LISTED]],
        may_change=visits.may_change(name, place, at.reach),
    )  # fmt: skip


async def change(at: Desk) -> web.StreamResponse:
    """From the next planning on."""
    name = _name(at)
    value = _meant(name, (await at.form()).get("to", ""))
    await visits.change(name, value, county=at.doors.county, by=at.opened.person, reach=at.reach, now=at.now)
    return at.back(PATH, "rule")


def _name(at: Desk) -> str:
    number = at.whole("number")
    if not 1 <= number <= len(_NAMES):
        raise Refusal("access.unknown")
    return _NAMES[number - 1]


def _meant(name: str, said: str) -> int:
    """The number written into the field; years earlier are counted backwards."""
    if not said.isascii() or not said.isdigit() or len(said) > _DIGITS:
        raise Refusal("visits.number_wanted")
    return -int(said) if visits.BLANKS[name].most == 0 else int(said)


_DIGITS = 4


def routes() -> list[web.AbstractRouteDef]:
    """The sentences, what one would do, and the change."""
    return [
        web.get(PATH, staff(sentences)),
        web.get(PATH + "/{number}", staff(foresee)),
        web.post(PATH + "/{number}", staff(change)),
    ]

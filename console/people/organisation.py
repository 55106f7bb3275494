"""组织: the tree drawn level by level and changed in place, offices with terms, and what is missing in it."""

from __future__ import annotations

from datetime import date

from aiohttp import web

import texts
from console.desk import Desk
from console.guard import require_fresh, staff
from kit.clock import local
from kit.errors import Refusal
from services.county import desk
from services.people import login_codes, organisation

PATH = "/console/organisation"
OFFICES = "/console/offices"


async def own(at: Desk) -> web.StreamResponse:
    """Where one's own subtrees begin; a single one is opened at once."""
    tops = await desk.tops(at.reach)
    if len(tops) == 1:
        return await _shown(at, tops[0].id)
    return at.show("organisation_tops.html", tops=tops)


async def one(at: Desk) -> web.Response:
    """One place: its way up, its offices, two levels beneath it."""
    return await _shown(at, at.whole("number"))


async def _shown(at: Desk, place_id: int) -> web.Response:
    page = await desk.place_page(place_id, at.reach, now=at.now)
    kinds = [(kind, organisation.kind_name(kind)) for kind in page.kinds]
    return at.show("organisation.html", page=page, kinds=kinds, kind_name=organisation.kind_name, role_name=role_name)


def role_name(role: str) -> str:
    """What an office is called; the identifier of one that has no name yet."""
    known: str = texts.section("commands", "roles").get(role, role)
    return known


async def add(at: Desk) -> web.StreamResponse:
    """A new place beneath this one."""
    parent = await desk.place_of_theirs(at.whole("number"), at.reach, "manage_offices")
    form = await at.form()
    await desk.add_place(parent, form.get("name", ""), form.get("kind", ""), by=at.opened.person, now=at.now)
    return at.back(f"{PATH}/{parent.id}", "place_added")


async def rename(at: Desk) -> web.StreamResponse:
    """Another name for it."""
    place = await desk.place_of_theirs(at.whole("number"), at.reach, "manage_offices")
    await desk.rename_place(place, (await at.form()).get("name", ""), by=at.opened.person, now=at.now)
    return at.back(f"{PATH}/{place.id}", "place_renamed")


async def close(at: Desk) -> web.StreamResponse:
    """It is no more, once nobody belongs to it."""
    place = await desk.place_of_theirs(at.whole("number"), at.reach, "manage_offices")
    await desk.close_place(place, by=at.opened.person, now=at.now)
    return at.back(PATH, "place_closed")


async def appoint(at: Desk) -> web.StreamResponse:
    """An office with its term."""
    place = await desk.place_of_theirs(at.whole("number"), at.reach, "manage_offices")
    form = await at.form()
    days = (_day(form.get("since", "")), _day(form.get("until", "")))
    said = desk.Appointing(form.get("name", ""), form.get("role", ""), *days, phone=form.get("phone", "").strip())
    await desk.appoint(place, said, at.reach, by=at.opened.person, now=at.now)
    return at.back(f"{PATH}/{place.id}", "office_given")


async def end(at: Desk) -> web.StreamResponse:
    """The office is over from now on."""
    office = await desk.office_of_theirs(at.whole("number"), at.reach)
    await desk.end_office(office, by=at.opened.person, now=at.now)
    return at.back(f"{PATH}/{office.organisation_id}", "office_ended")


async def code(at: Desk) -> web.Response:
    """A code for the first login of who holds the office, shown once; only soon after the own login (X16)."""
    office = await desk.office_of_theirs(at.whole("number"), at.reach)
    require_fresh(at)
    printed = await login_codes.make_code(office.person, now=at.now)
    return at.show("login_code.html", office=office, printed=printed, until=local(printed.until))


async def gaps(at: Desk) -> web.Response:
    """Estates without a branch, members without a liaison."""
    after = at.whole("after")
    people = await desk.without_liaison(at.reach, after=after)
    more = after + desk.LISTED if len(people) == desk.LISTED else 0
    estates = await desk.estates_without_branch(at.reach)
    return at.show("gaps.html", estates=estates, people=people, more=more, small=desk.SMALLEST_COUNT)


async def give_liaison(at: Desk) -> web.StreamResponse:
    """Those ticked are looked after by the one who is named."""
    form = await at.request.post()
    ids = [int(str(one)) for one in form.getall("person", []) if str(one).isdigit() and len(str(one)) <= _DIGITS]
    name = str(form.get("name", ""))
    if not ids:
        raise Refusal("console.people_wanted")
    await desk.give_liaison(ids[: desk.LISTED], name, at.reach, by=at.opened.person, now=at.now)
    return at.back(f"{PATH}/gaps", "liaison_given")


_DIGITS = 9


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError as exc:
        raise Refusal("console.day_wanted") from exc


def routes() -> list[web.AbstractRouteDef]:
    """The tree, its places, their offices, and the gaps."""
    return [
        web.get(PATH, staff(own)),
        web.get(PATH + "/gaps", staff(gaps)),
        web.post(PATH + "/gaps", staff(give_liaison)),
        web.get(PATH + "/{number}", staff(one)),
        web.post(PATH + "/{number}/add", staff(add)),
        web.post(PATH + "/{number}/rename", staff(rename)),
        web.post(PATH + "/{number}/close", staff(close)),
        web.post(PATH + "/{number}/offices", staff(appoint)),
        web.post(OFFICES + "/{number}/end", staff(end)),
        web.post(OFFICES + "/{number}/code", staff(code)),
    ]

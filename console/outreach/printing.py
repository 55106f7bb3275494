"""Paper for people who don't use the chat: slips, sheets by building, door sheets, certificates, a leaflet; as PDF."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from console.desk import Desk
from console.guard import staff
from console.pages import download
from kit.clock import local_day
from kit.errors import Refusal
from services.county import desk
from services.outreach import printing
from services.people import access, audit, binding, check_in, organisation
from texts import render

if TYPE_CHECKING:
    from delivery.paper.notice_sheet import NoticeSheetFacts
    from delivery.paper.slips import SlipFacts
    from models.people.organisation import Organisation
    from services.people.binding import PrintedSlip

# The drawing libraries take seconds to load: they are imported where they are used.

PATH = "/console/printing"
_DAY_SECONDS = 86_400
_TITLE, _WORDS = 40, 200
_log = structlog.get_logger("console")


async def menu(at: Desk) -> web.Response:
    """What can be printed, for which of the own places."""
    return at.show("printing.html", places=await desk.tops(at.reach))


async def slips(at: Desk) -> web.StreamResponse:
    """Binding slips for everybody beneath the place who is not bound; older ones are void from now on."""
    from delivery.paper import slips as paper

    place, county = await _place(at, "bind"), at.doors.county
    async with at.doors.transaction():
        people = await printing.without_account(place)
        if not people:
            raise Refusal("commands.slips_nobody", place=place.name)
        groups = await printing.by_community(people, place)
        made = [(community, await binding.make_slips(community, now=at.now, policy=county.binding, persons=some))
                for community, some in groups.items()]  # fmt: skip
        await _note(at, "slips_printed", place, len(people))
    facts = [fact for community, some in made for fact in await _slip_facts(at, community, some)]
    return _pdf(at, "slips", await asyncio.to_thread(paper.pdf, facts))


async def _slip_facts(at: Desk, community: Organisation, some: Sequence[PrintedSlip]) -> list[SlipFacts]:
    from delivery.paper.slips import SlipFacts

    county, seconds = at.doors.county, at.doors.county.binding.slip_days * _DAY_SECONDS
    phone = await organisation.phone_of(community) or county.phone
    account, facts, is_reachable = county.account_name or community.name, list[SlipFacts](), True
    for slip in some:
        link = await _link(at, f"slip:{slip.scene}", seconds) if is_reachable else ""
        is_reachable = bool(link)
        facts.append(SlipFacts(slip.code, slip.name, community.name, account, phone, slip.until, link))
    return facts


async def _link(at: Desk, scene: str, seconds: int = 0) -> str:
    """What the QR code says, for so long or for ever; empty when the platform gives none."""
    try:
        code = await (at.doors.qr_code(scene, seconds) if seconds else at.doors.lasting_code(scene))
    except at.doors.platform_errors as exc:
        _log.warning("paper_without_code", why=type(exc).__name__)
        return ""
    return code.url


async def sheets(at: Desk) -> web.StreamResponse:
    """What is still to be told beneath the place, in large print by building."""
    from delivery.paper import notice_sheet as paper

    place = await _place(at, "check_in")
    async with at.doors.transaction():
        made = await printing.sheets_for(place, now=at.now, on_paper_only=False)
        if not made:
            raise Refusal("commands.sheets_nobody", place=place.name)
        await _note(at, "sheets_printed", place, sum(len(sheet.people) for sheet in made))
    facts = [await _sheet_facts(at, sheet) for sheet in made]
    return _pdf(at, "sheets", await asyncio.to_thread(paper.pdf_of, facts))


async def _sheet_facts(at: Desk, sheet: printing.Sheet) -> NoticeSheetFacts:
    from delivery.paper.notice_sheet import Household, NoticeSheetFacts

    building = sheet.building or render("paper.sheet_elsewhere")
    households = tuple(Household(one.name, building, one.room or "") for one in sheet.people)
    phone = await organisation.phone_of(sheet.place) or at.doors.county.phone
    teller = sheet.teller or render("paper.sheet_somebody")
    return NoticeSheetFacts(sheet.title, sheet.words, sheet.place.name, phone, at.today, teller, households)


async def door(at: Desk) -> web.StreamResponse:
    """A sheet for a door: one's own words in the largest print, and nobody's name."""
    from delivery.paper import notice_sheet as paper

    place, form = await _place(at, "view"), await at.form()
    title, words = form.get("title", "").strip()[:_TITLE], form.get("words", "").strip()[:_WORDS]
    if not title or not words:
        raise Refusal("console.words_wanted")
    phone = await organisation.phone_of(place) or at.doors.county.phone
    facts = paper.NoticeSheetFacts(title, words, place.name, phone, at.today)
    return _pdf(at, "door", await asyncio.to_thread(paper.pdf, facts))


async def certificates(at: Desk) -> web.StreamResponse:
    """The certificates that hold beneath the place, a page each, the first forty from `after` on."""
    from delivery.paper import certificate as paper

    place, form = await _place(at, "check_in"), await at.form()
    after = int(form.get("after", "0")) if form.get("after", "0").isdigit() else 0
    found = await check_in.certificates_of(place, after=min(after, 2**31 - 1))
    if not found:
        raise Refusal("console.no_certificates", place=place.name)
    facts = [
        paper.CertificateFacts(
            number=render("check_in.number", community=shown.community, number=shown.number),
            name=shown.name,
            community=shown.community,
            issued=local_day(shown.accepted_at),
            link=at.doors.verify_link(shown.verify_code),
        )
        for _, shown in found
    ]
    async with at.doors.transaction():
        await _note(at, "certificates_printed", place, len(facts))
    return _pdf(at, "certificates", await asyncio.to_thread(paper.pdf_of, facts))


async def leaflet(at: Desk) -> web.StreamResponse:
    """One page for members: how to come in and what can be said."""
    from delivery.paper import leaflet as paper

    place, county = await _place(at, "view"), at.doors.county
    phone = await organisation.phone_of(place) or county.phone
    link = await _link(at, f"community:{place.key or place.id}")
    facts = paper.LeafletFacts(place.name, county.account_name or place.name, phone, at.today, link)
    return _pdf(at, "leaflet", await asyncio.to_thread(paper.pdf, facts))


async def _place(at: Desk, action: access.Action) -> Organisation:
    said = (await at.form()).get("place", "")
    if not said.isascii() or not said.isdigit() or len(said) > _DIGITS:
        raise Refusal("access.unknown")
    return await desk.place_of_theirs(int(said), at.reach, action)


_DIGITS = 9


async def _note(at: Desk, what: str, place: Organisation, count: int) -> None:
    by, about = audit.by_person(at.opened.person), f"organisation:{place.id}"
    await audit.note(by, what, now=at.now, subject=about, count=count)


def _pdf(at: Desk, name: str, content: bytes) -> web.Response:
    return download(content, f"{name}-{at.today:%Y%m%d}.pdf", "application/pdf")


def routes() -> list[web.AbstractRouteDef]:
    """The menu, and a form for each kind of paper; each opens its own transaction before it asks the network."""
    kinds = {"slips": slips, "sheets": sheets, "door": door, "certificates": certificates, "leaflet": leaflet}
    forms = [web.post(f"{PATH}/{name}", staff(handler, saves=False)) for name, handler in kinds.items()]
    return [web.get(PATH, staff(menu)), *forms]

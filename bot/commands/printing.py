"""`print slips`, `print sheets` and `print poster`: paper for people who don't use the chat."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.commands.desk import DONE, REFUSED, command, complain, operator, say, write_private
from bot.house import House, house
from delivery.paper import notice_sheet
from delivery.paper import poster as poster_sheet
from delivery.paper import slips as slip_sheet
from delivery.paper.notice_sheet import Household, NoticeSheetFacts
from delivery.paper.slips import SlipFacts
from kit import clock
from kit.errors import Refusal
from kit.settings import Settings
from models.database import transaction
from models.people.organisation import Organisation
from services.outreach import printing
from services.people import audit, binding, organisation
from services.people.binding import PrintedSlip
from texts import render
from texts.days import spoken_day
from wechat.errors import WeChatError

_DAY_SECONDS = 86_400


@command
async def slips(settings: Settings, /, at: str, file: Path) -> int:
    """`print slips --at ORGANISATION FILE.pdf`: for each member beneath it who is not bound; older ones are void."""
    _require_new(file)
    async with house(settings) as opened:
        now = clock.now()
        async with transaction():
            place = await organisation.find(at)
            people = await printing.without_account(place)
            if not people:
                raise Refusal("commands.slips_nobody", place=place.name)
            made = [
                (community, await binding.make_slips(community, now=now, policy=opened.county.binding, persons=some))
                for community, some in (await printing.by_community(people, place)).items()
            ]
            await audit.note(
                operator(), "slips_printed", now=now, subject=f"organisation:{place.id}", count=len(people)
            )
        facts = await _facts(opened, made)
    write_private(file, await asyncio.to_thread(slip_sheet.pdf, facts))
    say("slips_done", count=len(facts), file=file.name, until=spoken_day(facts[0].valid_until))
    return DONE


async def _facts(opened: House, made: Sequence[tuple[Organisation, list[PrintedSlip]]]) -> list[SlipFacts]:
    facts, is_reachable = [], True
    seconds = opened.county.binding.slip_days * _DAY_SECONDS
    for community, some in made:
        phone = await organisation.phone_of(community) or opened.county.phone
        for slip in some:
            link = await _link(opened, f"slip:{slip.scene}", seconds) if is_reachable else ""
            if is_reachable and not link:
                is_reachable = False
                complain("commands.slips_no_code")
            account = opened.county.account_name or community.name
            facts.append(SlipFacts(slip.code, slip.name, community.name, account, phone, slip.until, link))
    return facts


async def _link(opened: House, scene: str, seconds: int) -> str:
    """What the QR code says; empty when the platform gives none, then the digits serve alone."""
    try:
        return (await opened.client.qr_temporary(scene, seconds)).url
    except WeChatError:
        return ""


@command
async def sheets(settings: Settings, /, at: str, file: Path, *, everybody: bool = False) -> int:
    """`print sheets --at ORGANISATION FILE.pdf`: large print by building, with a QR code and a column to tick."""
    _require_new(file)
    async with house(settings) as opened:
        now = clock.now()
        async with transaction():
            place = await organisation.find(at)
            made = await printing.sheets_for(place, now=now, on_paper_only=not everybody)
            if not made:
                raise Refusal("commands.sheets_nobody", place=place.name)
            count = sum(len(sheet.people) for sheet in made)
            await audit.note(operator(), "sheets_printed", now=now, subject=f"organisation:{place.id}", count=count)
        facts = await _sheet_facts(opened, made, clock.local_day(now))
    write_private(file, await asyncio.to_thread(notice_sheet.pdf_of, facts))
    say("sheets_done", sheets=len(facts), count=count, file=file.name)
    return DONE


async def _sheet_facts(opened: House, made: Sequence[printing.Sheet], today: date) -> list[NoticeSheetFacts]:
    facts, links = [], {}
    for sheet in made:
        if sheet.place.id not in links:
            links[sheet.place.id] = await _follow_link(opened, sheet.place)
        households = tuple(Household(one.name, sheet.building or render("paper.sheet_elsewhere"), one.room or "")
                           for one in sheet.people)  # fmt: skip
        phone = await organisation.phone_of(sheet.place) or opened.county.phone
        facts.append(
            NoticeSheetFacts(
                sheet.title,
                sheet.words,
                sheet.place.name,
                phone,
                today,
                sheet.teller or render("paper.sheet_somebody"),
                households,
                links[sheet.place.id],
            )
        )
    return facts


async def _follow_link(opened: House, place: Organisation) -> str:
    """What brings whoever scans it to this community for ever; empty when the platform gives no code."""
    try:
        return (await opened.client.qr_permanent(f"community:{place.key or place.id}")).url
    except WeChatError:
        complain("commands.sheets_no_code")
        return ""


@command
async def poster(settings: Settings, /, at: str, file: Path) -> int:
    """`print poster --at COMMUNITY FILE.pdf`: the 报到 poster; its code brings people to this community for ever."""
    _require_new(file)
    async with house(settings) as opened:
        place = await organisation.find(at)
        if organisation.tier_of(place.kind) != "community":
            raise Refusal("commands.poster_not_community", place=place.name)
        try:
            code = await opened.client.qr_permanent(f"community:{place.key or place.id}")
        except WeChatError as exc:
            complain("commands.poster_no_code", problem=exc)
            return REFUSED
        phone = await organisation.phone_of(place) or opened.county.phone
        facts = poster_sheet.PosterFacts(place.name, phone, code.url, clock.local_day(clock.now()))
        async with transaction():
            await audit.note(operator(), "poster_printed", now=clock.now(), subject=f"organisation:{place.id}")
    write_private(file, await asyncio.to_thread(poster_sheet.pdf, facts))
    say("poster_done", file=file.name)
    return DONE


def _require_new(file: Path) -> None:
    """Before anybody's older slip becomes void."""
    if file.exists():
        raise Refusal("commands.file_exists", file=file.name)

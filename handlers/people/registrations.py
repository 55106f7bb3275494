"""活动登记: a secretary registers somebody for a place's activities; the person is told and may say no."""

from __future__ import annotations

import re

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Reply, begin, confirm, say
from conversation.router import Router
from services.people import access, organisation, registrations
from services.people.members import by_id
from texts import section

router = Router("registrations")


@router.intent("keep_registrations")
async def keep_registrations(ctx: Context) -> Reply:
    """活动登记, 退出活动登记: for those who keep a place; whoever does not is given a person."""
    if not await registrations.places_of(await _reach(ctx)):
        return Reply("").followed_by("human.call")
    ends = bool(re.search(section("registrations", "words")["end"], ctx.text))
    return begin("end_registration" if ends else "register")


async def _reach(ctx: Context) -> access.Reach:
    person = ctx.member or ctx.speakers[0].person
    return await access.reach_of(person, ctx.today)


async def _clean_person(ctx: Context, text: str) -> int:
    return (await registrations.person_called(text, await _reach(ctx))).id


async def _clean_place(ctx: Context, text: str) -> int:
    return (await registrations.place_called(text, await _reach(ctx))).id


_STEPS = (
    Step("person", "registrations.ask_person", _clean_person),
    Step("place", "registrations.ask_place", _clean_place),
)


async def _read_back(ctx: Context, answers: Answers) -> Reply:
    person, place = await by_id(int(answers["person"])), await organisation.by_id(int(answers["place"]))
    args = {"person": person.id, "place": place.id}
    return confirm("registrations.read_back", "registrations.register", args=args, name=person.name, place=place.name)


async def _end_read_back(ctx: Context, answers: Answers) -> Reply:
    person, place = await by_id(int(answers["person"])), await organisation.by_id(int(answers["place"]))
    row = await registrations.standing(person, place, ctx.today)
    args = {"registration": row.id}
    return confirm("registrations.end_ask", "registrations.end", args=args, name=person.name, place=place.name)


router.dialog(Dialog("register", _STEPS, _read_back))
router.dialog(Dialog("end_registration", _STEPS, _end_read_back))


@router.action()
async def register(ctx: Context) -> Reply:
    """Confirmed: registered, and told."""
    reach = await _reach(ctx)
    place = await registrations.place_by_id(int(ctx.chosen["place"]), reach)
    person = await by_id(int(ctx.chosen["person"]))
    row = await registrations.register(person, place, by=ctx.person, now=ctx.now)
    reply = say("registrations.registered", name=person.name, place=place.name)
    return reply.undoable("registrations.end", registration=row.id)


@router.action()
async def end(ctx: Context) -> Reply:
    """Confirmed, or taken back: registered no more."""
    person, place = await _ended(ctx)
    return say("registrations.ended", name=person, place=place)


@router.action()
async def leave(ctx: Context) -> Reply:
    """1 to the notice: the person would rather not."""
    _, place = await _ended(ctx)
    return say("registrations.left", place=place)


async def _ended(ctx: Context) -> tuple[str, str]:
    registration = int(ctx.chosen["registration"])
    person, place = await registrations.end(registration, by=ctx.person, reach=await _reach(ctx), now=ctx.now)
    return person.name, place.name

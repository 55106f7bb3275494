"""值班与代班: everybody hears who is on duty; staff say who it will be, and who stands in for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, confirm, menu, say
from conversation.router import WHOM, Router
from conversation.understanding import spoken_number
from conversation.understanding.dates import named_days
from kit.clock import at_local, local_day
from kit.errors import Refusal
from services.county import workdays
from services.help import wishes
from services.people import access, audit, duty_persons, organisation
from texts import render, section
from texts.days import spoken_day

if TYPE_CHECKING:
    from models.people.access import DutyPerson
    from models.people.organisation import Organisation

router = Router("duty_persons")

MOST_LISTED = 5
_NIGHT = time(22)


# Who is on duty.


@router.intent("duty_now", needs=(WHOM,))
async def duty_now(ctx: Context) -> Reply:
    """今晚谁值班: who it is for the person's community, and the number to call."""
    place = await wishes.place_of(ctx.member, ctx.account.scanned_id)
    phone = (await organisation.phone_of(place) if place else None) or ctx.county.phone
    moment = _moment_meant(ctx)
    found = place and await access.on_duty(
        place, moment, await workdays.is_workday(local_day(moment)), ctx.county.office_hours
    )
    if not found:
        return say("duty_persons.nobody", phone=phone)
    key = "on_duty_now" if moment == ctx.now else "on_duty_tonight"
    return say(f"duty_persons.{key}", name=found.name, phone=phone)


def _moment_meant(ctx: Context) -> datetime:
    """Now, or tonight at ten where the night is asked for."""
    is_night = re.search(section("duty_persons", "words")["night"], ctx.text)
    return max(ctx.now, at_local(ctx.today, _NIGHT)) if is_night else ctx.now


# Saying who it will be.


@router.intent("keep_duty")
async def keep_duty(ctx: Context) -> Reply:
    """登记值班, 登记代班人: a look at what stands, and what can be done; whoever may not is given a person."""
    reach = await _reach(ctx)
    if not reach.is_staff:
        return Reply("").followed_by("human.call")
    if re.search(section("duty_persons", "words")["deputy"], ctx.text):
        return await name_deputy(ctx)
    choices = [
        Choice(render("duty_persons.do_deputy"), "duty_persons.name_deputy"),
        Choice(render("duty_persons.do_list"), "duty_persons.listed"),
    ]
    if await duty_persons.own_places(reach):
        choices.insert(0, Choice(render("duty_persons.do_put"), "duty_persons.put"))
    return menu("duty_persons.what", choices)


async def _reach(ctx: Context) -> access.Reach:
    return await access.reach_of(ctx.person, ctx.today)


@router.action()
async def put(ctx: Context) -> Reply:
    """Somebody is to be on duty."""
    places = await duty_persons.own_places(await _reach(ctx))
    return await _at_place(places, "put_on_duty", "duty_persons.put_at")


async def _at_place(places: Sequence[Organisation], dialog: str, chosen: str) -> Reply:
    if not places:
        return Reply("").followed_by("human.call")
    if len(places) == 1:
        return begin(dialog, place=places[0].id)
    choices = [Choice(place.name, chosen, {"place": place.id}) for place in places[:MOST_LISTED]]
    return menu("duty_persons.where", choices)


@router.action()
async def put_at(ctx: Context) -> Reply:
    """The place is chosen."""
    return begin("put_on_duty", place=int(ctx.chosen["place"]))


@router.action()
async def name_deputy(ctx: Context) -> Reply:
    """Somebody is to stand in for the person who asks."""
    places = await duty_persons.own_places(await _reach(ctx), for_deputy=True)
    return await _at_place(places, "name_deputy", "duty_persons.deputy_at")


@router.action()
async def deputy_at(ctx: Context) -> Reply:
    """The place is chosen."""
    return begin("name_deputy", place=int(ctx.chosen["place"]))


async def _clean_name(ctx: Context, text: str) -> str:
    """A name that means one person; raises what `duty_persons.near` raises."""
    person = ctx.member or ctx.speakers[0].person
    found = await duty_persons.near(text.strip(), await access.reach_of(person, ctx.today), ctx.today)
    return found.name


async def _clean_hours(ctx: Context, text: str) -> str:
    number = spoken_number(text)
    names = section("duty_persons", "hours")
    if number is not None and 1 <= number <= len(names):
        return list(names)[number - 1]
    named = [hours for hours, name in names.items() if name in text]
    if len(named) != 1:
        raise Refusal("duty_persons.hours_wanted")
    return named[0]


async def _clean_days(ctx: Context, text: str) -> list[str | None]:
    """From which day until which; one day alone is the last one, 长期 means until further notice."""
    if re.search(section("duty_persons", "words")["no_end"], text):
        return [None, None]
    days = named_days(text, ctx.today)
    if not days or days != sorted(days):
        raise Refusal("duty_persons.days_wanted")
    first = days[0] if len(days) > 1 else min(days[0], ctx.today)
    return [first.isoformat(), days[-1].isoformat()]


_NAME = Step("name", "duty_persons.ask_name", _clean_name)
_DAYS = Step("days", "duty_persons.ask_days", _clean_days)


async def _put_read_back(ctx: Context, answers: Answers) -> Reply:
    hours = section("duty_persons", "hours")[answers["hours"]]
    args = {name: answers[name] for name in ("place", "name", "hours", "days")}
    return confirm(
        "duty_persons.put_read_back",
        "duty_persons.put_confirmed",
        args=args,
        name=answers["name"],
        hours=hours,
        term=_term(answers["days"]),
    )


async def _deputy_read_back(ctx: Context, answers: Answers) -> Reply:
    args = {name: answers[name] for name in ("place", "name", "days")}
    return confirm(
        "duty_persons.deputy_read_back",
        "duty_persons.deputy_confirmed",
        args=args,
        name=answers["name"],
        term=_term(answers["days"]),
    )


def _term(days: Sequence[str | None]) -> str:
    first, last = (date.fromisoformat(day) if day else None for day in days)
    if last is None:
        return render("duty_persons.no_end")
    return render("duty_persons.from_until", first=spoken_day(first or last), day=spoken_day(last))


router.dialog(
    Dialog(
        "put_on_duty",
        (_NAME, Step("hours", "duty_persons.ask_hours", _clean_hours), _DAYS),
        _put_read_back,
    )
)
router.dialog(Dialog("name_deputy", (Step("name", "duty_persons.ask_deputy", _clean_name), _DAYS), _deputy_read_back))


@router.action()
async def put_confirmed(ctx: Context) -> Reply:
    """Confirmed: on duty."""
    reach, place, person = await _meant(ctx)
    if not await duty_persons.may_set(reach, place):
        raise Refusal("access.unknown")
    by = audit.by_person(ctx.person)
    row = await duty_persons.put_on_duty(person, place, str(ctx.chosen["hours"]), _kept(ctx), by=by, now=ctx.now)
    return say("duty_persons.put", name=person.name).undoable("duty_persons.drop", duty=row.id)


@router.action()
async def deputy_confirmed(ctx: Context) -> Reply:
    """Confirmed: what would come to the asker goes to the deputy."""
    reach, place, person = await _meant(ctx)
    if not await duty_persons.may_set(reach, place, ctx.person.id):
        raise Refusal("access.unknown")
    by = audit.by_person(ctx.person)
    row = await duty_persons.put_deputy(person, ctx.person, place, _kept(ctx), by=by, now=ctx.now)
    return say("duty_persons.deputy", name=person.name).undoable("duty_persons.drop", duty=row.id)


async def _meant(ctx: Context) -> tuple[access.Reach, Organisation, Any]:
    reach = await _reach(ctx)
    place = await organisation.by_id(int(ctx.chosen["place"]))
    return reach, place, await duty_persons.near(str(ctx.chosen["name"]), reach, ctx.today)


def _kept(ctx: Context) -> duty_persons.Term:
    since, until = (date.fromisoformat(day) if day else None for day in ctx.chosen["days"])
    return duty_persons.Term(since, until)


# What stands.


@router.action()
async def listed(ctx: Context) -> Reply:
    """Who is or will be on duty; one of them can be taken off."""
    rows = await duty_persons.lines(ctx.today, reach=await _reach(ctx))
    if not rows:
        return say("duty_persons.none_listed")
    names = await duty_persons.names_of(rows)
    choices = [Choice(_line(row, names), "duty_persons.one", {"duty": row.id}) for row in rows[:MOST_LISTED]]
    return menu("duty_persons.listed", choices, count=len(rows))


def _line(row: DutyPerson, names: dict[int, str]) -> str:
    term = _term([day.isoformat() if day else None for day in (row.since, row.until)])
    if row.stands_for_id:
        return render("duty_persons.line_deputy", name=row.person.name, other=names[row.stands_for_id], term=term)
    return render(
        "duty_persons.line", name=row.person.name, hours=section("duty_persons", "hours")[row.hours], term=term
    )


@router.action()
async def one(ctx: Context) -> Reply:
    """One line: take it off?"""
    return confirm("duty_persons.drop_ask", "duty_persons.drop", args={"duty": int(ctx.chosen["duty"])})


@router.action()
async def drop(ctx: Context) -> Reply:
    """Not on duty any more; also 撤销."""
    by = audit.by_person(ctx.person)
    row = await duty_persons.end(int(ctx.chosen["duty"]), by=by, now=ctx.now, reach=await _reach(ctx))
    return say("duty_persons.dropped", name=row.person.name)

"""一人一策: the card of one person, read and changed by those whose task it is, one thing at a time."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, menu, say
from conversation.router import Router
from conversation.understanding.numerals import plain_numbers
from kit.errors import Refusal
from services.care import care_plans, visits
from services.people import access, members, organisation
from texts import render, section
from texts.days import spoken_day

if TYPE_CHECKING:
    from models.people.members import Person
    from services.care.care_plans import Card

router = Router("care_plans")

_LONGEST = 30
_STEPS = (("likes", "likes"), ("needs", "needs"), ("how_to_reach", "reach"), ("to_avoid", "avoid"))


@router.intent("care_card")
async def show(ctx: Context) -> Reply:
    """赵一禾的情况卡: the one of that name within reach."""
    name = members.said_name(ctx.slots.get("name") or "")
    if name is None:
        return say("care_plans.ask_whose")
    reach = await access.reach_of(ctx.person, ctx.today)
    paths = [grant.path for grant in reach.grants]
    found = await members.named(name, beneath=paths) if paths else []
    if len(found) != 1:
        return say("care_plans.nobody", name=name)
    return Reply("").followed_by("care_plans.card", person=found[0].id)


@router.action()
async def card(ctx: Context) -> Reply:
    """The card, and what can be changed on it."""
    seen = await _card(ctx)
    parts = (("write", "care_plans.write"), ("risks", "care_plans.risks"), ("wanted", "care_plans.wanted"),
             ("team", "care_plans.team"), ("elsewhere", "care_plans.elsewhere"))  # fmt: skip
    choices = [Choice(render(f"care_plans.{label}"), do, {"person": seen.person_id}) for label, do in parts]
    return menu("care_plans.card", choices, name=seen.name, words=_lines(seen) + await _last_round(seen.person_id))


async def _last_round(person_id: int) -> str:
    """When the doctor came last and comes next, in coarse words."""
    last = await visits.last_round(person_id)
    if last is None:
        return ""
    words = render("words.comma").join(section("visits", "tags")[tag] for tag in last.tags)
    done = render("care_plans.last_round", day=spoken_day(last.on), words=words or render("care_plans.came"))
    return done + (render("care_plans.next_round", day=spoken_day(last.next_on)) if last.next_on else "")


def _lines(seen: Card) -> str:
    labels = section("care_plans", "labels")
    lines = [render("care_plans.line", label=labels[name], words=words) for name, words in seen.words.items()]
    return "".join(lines) or render("care_plans.empty")


@router.action()
async def write(ctx: Context) -> Reply:
    """Four short questions."""
    return begin("care_plan", person=int(ctx.chosen["person"]))


async def _clean(ctx: Context, text: str) -> str:
    words = text.strip()
    if words in section("care_plans", "labels")["nothing"]:
        return ""
    if len(words) > _LONGEST:
        raise Refusal("care_plans.too_long")
    return words


async def _finish(ctx: Context, answers: Answers) -> Reply:
    person, reach = await _person(answers["person"]), await access.reach_of(ctx.person, ctx.today)
    words = {name: str(answers[name]) for name, _ in _STEPS}
    await care_plans.write(person, words, by=reach, now=ctx.now)
    return say("care_plans.written", name=person.name)


router.dialog(Dialog("care_plan", tuple(Step(name, f"care_plans.ask_{ask}", _clean) for name, ask in _STEPS), _finish))


@router.action()
async def risks(ctx: Context) -> Reply:
    """独居、空巢、失能: each a switch."""
    return _switches("risk", await _card(ctx), care_plans.RISKS)


@router.action()
async def wanted(ctx: Context) -> Reply:
    """Tiers, the doctor, the reading: each a switch."""
    return _switches("wanted", await _card(ctx), care_plans.EXTRAS)


def _switches(what: str, seen: Card, names: tuple[str, ...]) -> Reply:
    labels, is_on = section("care_plans", "labels"), {*seen.risks, *seen.wanted}
    choices = [
        Choice(
            render(f"care_plans.{'on' if name in is_on else 'off'}", label=labels[name]),
            f"care_plans.switch_{what}",
            {"person": seen.person_id, "name": name, "on": name not in is_on},
        )
        for name in names
    ]
    return menu(f"care_plans.choose_{what}", choices, name=seen.name)


@router.action()
async def switch_risk(ctx: Context) -> Reply:
    """One risk on or off."""
    person, reach = await _person(ctx.chosen["person"]), await access.reach_of(ctx.person, ctx.today)
    await care_plans.set_risk(person, str(ctx.chosen["name"]), bool(ctx.chosen["on"]), by=reach, now=ctx.now)
    return await risks(ctx)


@router.action()
async def switch_wanted(ctx: Context) -> Reply:
    """One tier, the doctor or the reading on or off."""
    person, reach = await _person(ctx.chosen["person"]), await access.reach_of(ctx.person, ctx.today)
    await care_plans.set_wanted(person, str(ctx.chosen["name"]), bool(ctx.chosen["on"]), by=reach, now=ctx.now)
    return await wanted(ctx)


@router.action()
async def team(ctx: Context) -> Reply:
    """The five seats, with who sits there."""
    seen, labels = await _card(ctx), section("care_plans", "labels")
    seats = seen.seats or {}
    choices = [
        Choice(
            render("care_plans.seat_line", label=labels[one], name=seats.get(one) or render("care_plans.seat_none")),
            "care_plans.seat",
            {"person": seen.person_id, "seat": one},
        )
        for one in care_plans.SEATS
    ]
    return menu("care_plans.choose_seat", choices, name=seen.name)


@router.action()
async def seat(ctx: Context) -> Reply:
    """Who takes this seat?"""
    return begin("care_seat", person=int(ctx.chosen["person"]), seat=str(ctx.chosen["seat"]))


async def _clean_name(ctx: Context, text: str) -> str:
    name = members.said_name(text)
    if name is None:
        raise Refusal("care_plans.seat_unknown", name=text.strip()[:20])
    return name


async def _seated(ctx: Context, answers: Answers) -> Reply:
    person, reach = await _person(answers["person"]), await access.reach_of(ctx.person, ctx.today)
    holder = await care_plans.seat(person, str(answers["seat"]), str(answers["name"]), by=reach, now=ctx.now)
    return say("care_plans.seated", name=holder.name).followed_by("care_plans.team", person=person.id)


router.dialog(Dialog("care_seat", (Step("name", "care_plans.ask_seat", _clean_name),), _seated))


@router.action()
async def elsewhere(ctx: Context) -> Reply:
    """Part of the year somewhere else: from when, until when, where."""
    return begin("second_home", person=int(ctx.chosen["person"]))


_DAY = re.compile(r"(\d{1,2})\D+(\d{1,2})")


async def _clean_day(ctx: Context, text: str) -> str:
    """`10-15` of "10月15日"; a day that every year has."""
    found = _DAY.search(plain_numbers(text))
    try:
        return date(2027, int(found[1]), int(found[2])).strftime("%m-%d") if found else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> str:
    raise Refusal("care_plans.day_wanted")


async def _clean_where(ctx: Context, text: str) -> int:
    """The community's id; 0 for far away."""
    if text.strip() in section("care_plans", "labels")["far_away"]:
        return 0
    found = await organisation.community_called(text.strip())
    if len(found) != 1:
        raise Refusal("care_plans.where_unknown")
    return found[0].id


async def _settled(ctx: Context, answers: Answers) -> Reply:
    person, reach = await _person(answers["person"]), await access.reach_of(ctx.person, ctx.today)
    await access.require(reach, "see_tags", person)
    span, community = (str(answers["from"]), str(answers["until"])), int(answers["where"]) or None
    await visits.live_elsewhere(person, span, community, by=ctx.person, now=ctx.now)
    if community is None:
        return say("care_plans.called_there", name=person.name)
    return say("care_plans.moves_with", name=person.name, place=(await organisation.by_id(community)).name)


router.dialog(
    Dialog(
        "second_home",
        (
            Step("from", "care_plans.ask_from", _clean_day),
            Step("until", "care_plans.ask_until", _clean_day),
            Step("where", "care_plans.ask_where", _clean_where),
        ),
        _settled,
    )
)


async def _person(person_id: object) -> Person:
    return await members.by_id(int(str(person_id)))


async def _card(ctx: Context) -> Card:
    person = await _person(ctx.chosen["person"])
    return await care_plans.card_of(person, await access.reach_of(ctx.person, ctx.today), now=ctx.now)

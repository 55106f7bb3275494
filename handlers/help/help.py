"""怎么用: the menu of what can be done here, and kind words for small talk."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from functools import cache

from conversation.context import Context
from conversation.reply import Choice, Reply, menu, say
from conversation.router import Router
from conversation.understanding.numerals import spoken_digits
from handlers.help.questions import about_notice
from kit.clock import local
from services.people import members, staff
from texts import render, section

router = Router("help")

_MOBILE_DIGITS, _SLIP_DIGITS = 11, 4

_STRANGER = (
    ("check_in", "check_in.start"),
    ("bind", "binding.offer"),
    ("posts", "posts.browse"),
    ("human", "human.call"),
)
_MEMBER = (
    ("tasks", "my.tasks"),
    ("posts", "posts.browse"),
    ("order", "order_service"),
    ("safe", "safe_today"),
    ("human", "human.call"),
)
_STAFF = (
    ("reviews", "check_in.waiting"),
    ("visits", "visits.mine"),
    ("wishes", "wishes.mine"),
    ("broadcast", "broadcasts.start"),
    ("own", "help.own"),
)


@router.action(needs=())
async def menu_of(ctx: Context) -> Reply:
    """The menu that fits who asks: staff, member or stranger."""
    if await staff.is_staff(ctx.owner, ctx.today):
        return menu("help.staff", _choices(_STAFF))
    return menu("help.menu", _choices(_MEMBER if ctx.speakers else _STRANGER))


@router.action(needs=())
async def number(ctx: Context) -> Reply:
    """A number while nothing is asked: it must not act on anything; the menu shows what can be chosen.

    A whole telephone number can only be a new one, and a stranger's four digits are those of a slip.
    """
    digits = spoken_digits(ctx.text)
    if ctx.speakers and len(digits) == _MOBILE_DIGITS:
        return Reply("").followed_by("my.update_phone", phone=digits)
    if not ctx.speakers and len(digits) == _SLIP_DIGITS:
        return Reply("").followed_by("binding.by_slip", code=digits)
    return replace(await menu_of(ctx), before=render("help.nothing_to_choose"))


@router.action(needs=())
async def own(ctx: Context) -> Reply:
    """The member's menu for somebody who is staff too."""
    return menu("help.menu", _choices(_MEMBER))


@router.intent("ask_help", needs=())
async def asked(ctx: Context) -> Reply:
    """How does this work?"""
    return await menu_of(ctx)


@router.intent("none", needs=())
async def small_talk(ctx: Context) -> Reply:
    """A greeting, a wish, a word about the weather: what a good neighbour answers, and where the menu is."""
    kind = neighbourly(ctx.text)
    if kind == "greeting":
        return _greeting(ctx)
    if kind == "other" and (ask := await about_notice(ctx)):
        return menu("neighbour.after_notice", [*ask, Choice(render("human.somebody"), "human.call")])
    return say(f"neighbour.{kind}", season=_season(ctx.now)) if kind == "weather" else say(f"neighbour.{kind}")


def neighbourly(text: str) -> str:
    """What kind of small talk it is, by the table of patterns; `other` when none fits."""
    return next((kind for kind, found in _patterns() if found.search(text)), "other")


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(kind, re.compile(pattern)) for kind, pattern in section("neighbour", "kinds").items()]


def _greeting(ctx: Context) -> Reply:
    """By name only for who agreed to be known; several on one phone are greeted together."""
    hail, season = section("neighbour", "hail")[_part_of_day(ctx.now)], _season(ctx.now)
    if len(ctx.speakers) != 1 or ctx.owner is None or not ctx.has_consented:
        return say("neighbour.greeting_nobody", hail=hail, season=season)
    return say("neighbour.greeting", who=members.honorific(ctx.owner, ctx.today), hail=hail, season=season)


def _part_of_day(now: datetime) -> str:
    hour = local(now).hour
    parts = ((4, "evening"), (11, "morning"), (13, "noon"), (18, "afternoon"))
    return next((part for until, part in parts if hour < until), "evening")


def _season(now: datetime) -> str:
    """The sentence of this half of the month."""
    day = local(now).date()
    first, second = section("neighbour", "seasons")[str(day.month)]
    return str(first if day.day <= _HALF else second)


_HALF = 15


def _choices(rows: tuple[tuple[str, str], ...]) -> list[Choice]:
    return [Choice(render(f"help.do_{label}"), do) for label, do in rows]


router.actions["help.menu"] = router.actions["help.menu_of"]

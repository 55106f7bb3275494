"""Agreeing to a daily sign of life, for oneself and on behalf, and ending it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, confirm, menu, say
from conversation.understanding import spoken_number
from conversation.understanding.numerals import plain_numbers
from handlers.care.curtain.router import person_within_reach, policy_of, reach_of, router, spoken_clock, watcher_name
from kit.errors import Refusal
from services.care import curtain
from services.people import access, members
from texts import render, section
from texts.days import spoken_day

if TYPE_CHECKING:
    from models.care.curtain import CurtainSubscription
    from models.people.members import Person

_LATEST_HOUR = 11


@router.intent("curtain")
async def start(ctx: Context) -> Reply:
    """每天报平安; of whoever works here: 赵一禾的窗帘行动."""
    reach = await reach_of(ctx)
    paths = reach.paths("see_tags", "subtree")
    named = await members.all_named_in(ctx.text, paths) if paths else []
    if len(named) == 1 and named[0].id != ctx.person.id:
        return Reply("").followed_by("curtain.of", person=named[0].id)
    held = await curtain.subscription_of(ctx.person.id)
    return await _own(ctx, held) if held else await _offer(ctx)


async def _offer(ctx: Context) -> Reply:
    clock = spoken_clock(policy_of(ctx).open_by.strftime("%H:%M"))
    keeper = await access.keeper_for(ctx.person, ctx.now, True)
    if keeper is None:
        return confirm("curtain.offer_nobody", "curtain.begin_own", args={}, clock=clock)
    return confirm("curtain.offer", "curtain.begin_own", args={}, clock=clock, name=keeper.name)


async def _own(ctx: Context, held: CurtainSubscription) -> Reply:
    person = ctx.person
    if held.paused_until and held.paused_until >= ctx.today:
        return menu("curtain.holds_paused", _parts(person, is_paused=True), day=spoken_day(held.paused_until))
    name = await watcher_name(held)
    return menu("curtain.holds", _parts(person, is_paused=False), clock=spoken_clock(held.open_by), name=name)


def _parts(person: Person, *, is_paused: bool, is_staff: bool = False) -> list[Choice]:
    of = {"person": person.id}
    away = ("curtain.do_resume", "curtain.resume") if is_paused else ("curtain.do_pause", "curtain.pause")
    changes = [Choice(render("curtain.do_change"), "curtain.change", of)] if is_staff else []
    ends = Choice(render("curtain.do_end"), "curtain.end" if is_staff else "curtain.end_own", of)
    return [Choice(render(away[0]), away[1], of), *changes, ends]


@router.action()
async def begin_own(ctx: Context) -> Reply:
    """Agreed: from tomorrow on."""
    held = await curtain.agree(
        ctx.person,
        curtain.Terms(),
        by=await reach_of(ctx),
        version=ctx.county.privacy_version,
        now=ctx.now,
        policy=policy_of(ctx),
    )
    return say("curtain.begun", clock=spoken_clock(held.open_by)).undoable("curtain.end_own", person=ctx.person.id)


@router.action()
async def of(ctx: Context) -> Reply:
    """Somebody's, for staff: how it stands and what can be changed."""
    person = await person_within_reach(ctx)
    held = await curtain.subscription_of(person.id)
    if held is None:
        begins = [Choice(render("curtain.do_begin"), "curtain.change", {"person": person.id})]
        return menu("curtain.none_for", begins, name=person.name)
    is_paused = held.paused_until is not None and held.paused_until >= ctx.today
    parts = _parts(person, is_paused=is_paused, is_staff=True)
    if is_paused and held.paused_until:
        return menu("curtain.holds_for_paused", parts, name=person.name, day=spoken_day(held.paused_until))
    known = {"sign": section("curtain", "signs")[held.sign], "watcher": await watcher_name(held)}
    return menu("curtain.holds_for", parts, name=person.name, clock=spoken_clock(held.open_by), **known)


@router.action()
async def change(ctx: Context) -> Reply:
    """Four short questions."""
    return begin("curtain", person=(await person_within_reach(ctx)).id)


async def _clean_watcher(ctx: Context, text: str) -> int:
    return (await curtain.watcher_called(text.strip(), await reach_of(ctx), ctx.today)).id


async def _clean_backup(ctx: Context, text: str) -> int:
    """0: nobody else."""
    return 0 if text.strip() in section("curtain", "words")["none"] else await _clean_watcher(ctx, text)


async def _clean_sign(ctx: Context, text: str) -> str:
    number = spoken_number(text)
    if number is None or not 1 <= number <= len(curtain.SIGNS):
        raise Refusal("curtain.sign_wanted")
    return curtain.SIGNS[number - 1]


async def _clean_clock(ctx: Context, text: str) -> str:
    found = re.search(r"(\d{1,2})(?:\D+(\d{1,2}))?", plain_numbers(text))
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (0, 0)
    if not 5 <= hour <= _LATEST_HOUR or minute > 59:
        raise Refusal("curtain.clock_wanted")
    return f"{hour:02}:{minute:02}"


async def _read_back(ctx: Context, answers: Answers) -> Reply:
    person = await members.by_id(int(answers["person"]))
    watcher = await members.by_id(int(answers["watcher"]))
    sign = section("curtain", "signs")[answers["sign"]]
    names = ("person", "watcher", "backup", "sign", "clock")
    return confirm(
        "curtain.read_back",
        "curtain.begin_for",
        args={name: answers[name] for name in names},
        name=person.name,
        sign=sign,
        clock=spoken_clock(str(answers["clock"])),
        watcher=watcher.name,
    )


router.dialog(
    Dialog(
        "curtain",
        (
            Step("watcher", "curtain.ask_watcher", _clean_watcher),
            Step("backup", "curtain.ask_backup", _clean_backup),
            Step("sign", "curtain.ask_sign", _clean_sign),
            Step("clock", "curtain.ask_clock", _clean_clock),
        ),
        _read_back,
    )
)


@router.action()
async def begin_for(ctx: Context) -> Reply:
    """The person has said yes to whoever asked."""
    person, said = await person_within_reach(ctx), ctx.chosen
    watcher, backup = int(said["watcher"]), int(said["backup"]) or None
    await curtain.agree(
        person,
        curtain.Terms(str(said["sign"]), watcher, backup, str(said["clock"])),
        by=await reach_of(ctx),
        version=ctx.county.privacy_version,
        now=ctx.now,
        policy=policy_of(ctx),
    )
    reply = say("curtain.begun_for", watcher=(await members.by_id(watcher)).name, name=person.name)
    return reply.undoable("curtain.end", person=person.id)


@router.intent("curtain_end")
async def end_ask(ctx: Context) -> Reply:
    """不用每天报平安了: asked once more, since nobody would look any more."""
    return confirm("curtain.end_ask", "curtain.end_own", args={"person": ctx.person.id})


@router.action()
async def end_own(ctx: Context) -> Reply:
    """Over at once."""
    await curtain.end(ctx.person, by=await reach_of(ctx), now=ctx.now)
    return say("curtain.ended").undoable("curtain.resume", person=ctx.person.id)


@router.action()
async def end(ctx: Context) -> Reply:
    """Over at once, said by staff."""
    person = await person_within_reach(ctx)
    await curtain.end(person, by=await reach_of(ctx), now=ctx.now)
    return say("curtain.ended_for", name=person.name).undoable("curtain.resume", person=person.id)

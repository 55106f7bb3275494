"""看一眼电话: staff look at a number with a reason, which is noted; everybody may ask who looked at their data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, menu, say
from conversation.router import Router
from kit.errors import Refusal
from services.people import access, looks
from texts import in_groups, render, section
from texts.days import spoken_day

if TYPE_CHECKING:
    from models.people.members import Person

router = Router("looks")

MOST_LISTED = 5
_LONGEST_REASON = 40


@router.intent("look_up")
async def look_up(ctx: Context) -> Reply:
    """ "看王百川的电话 因为要通知开会": whose, what and why; what is missing is asked."""
    reach = await access.reach_of(ctx.person, ctx.today)
    said = re.search(section("looks", "words")["look_up"], "".join(ctx.text.split()))
    if not reach.paths("unmask", "subtree") or said is None:
        return Reply("").followed_by("human.call")
    found = await looks.called(said["name"], reach)
    if not found:
        return say("looks.nobody", name=said["name"][:20])
    args = {"field": section("looks", "called")[said["field"]], "reason": said["reason"]}
    if len(found) == 1:
        return _why({"person": found[0].id, "name": found[0].name, **args})
    choices = [
        Choice(_told_apart(person), "looks.chosen", {"person": person.id, "name": person.name, **args})
        for person in found[:MOST_LISTED]
    ]
    return menu("looks.which", choices)


def _told_apart(person: Person) -> str:
    """What tells two of the same name apart without looking: branch or community, estate and building."""
    place = person.branch or person.community
    parts = [place.name if place else "", person.estate or "", person.building or ""]
    return render("looks.which_line", name=person.name, place="".join(parts))


@router.action()
async def chosen(ctx: Context) -> Reply:
    """One of several of the same name."""
    return _why(dict(ctx.chosen))


def _why(known: dict[str, object]) -> Reply:
    """Straight to the look where the reason was said, else the question for it."""
    return begin("look_at", **{name: value for name, value in known.items() if value})


async def _clean_reason(ctx: Context, text: str) -> str:
    reason = " ".join(text.split())
    if not looks.SHORTEST_REASON <= len(reason) <= _LONGEST_REASON:
        raise Refusal("looks.reason_wanted")
    return reason


async def _asked(ctx: Context, answers: Answers) -> Answers:
    return {"name": answers["name"], "what": section("looks", "fields")[answers["field"]]}


async def _shown(ctx: Context, answers: Answers) -> Reply:
    reach = await access.reach_of(ctx.person, ctx.today)
    field = str(answers["field"])
    person, value = await looks.look(
        int(answers["person"]), field, str(answers["reason"]), by=ctx.person, reach=reach, now=ctx.now
    )
    what = section("looks", "fields")[field]
    if not value:
        return say("looks.not_known", name=person.name, what=what)
    return say("looks.shown", name=person.name, what=what, value=in_groups(value))


router.dialog(Dialog("look_at", (Step("reason", "looks.ask_reason", _clean_reason, facts=_asked),), _shown))


@router.intent("who_looked")
async def who_looked(ctx: Context) -> Reply:
    """谁看过我的信息: who, when, what and why, newest first (promise V9)."""
    found, count = await looks.at_me(ctx.person, MOST_LISTED)
    if not found:
        return say("looks.none_at_me")
    return say("looks.at_me", count=count, lines="\n".join(map(_line, found)))


def _line(look: looks.Look) -> str:
    what = section("looks", "fields").get(look.field) or render("looks.something")
    kind, _, _ = look.reason.partition(":")
    reason = section("looks", "reasons").get(kind, look.reason)
    name = look.name or render("looks.somebody")
    return render("looks.line", day=spoken_day(look.on), name=name, what=what, reason=reason)

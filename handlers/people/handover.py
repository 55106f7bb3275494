"""交接: "吴六合病了，由冯九思接手" gives everything of one visitor to another."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.reply import Choice, Reply, menu, say
from conversation.router import Router
from services.care import visits
from services.people import access, handover, members
from texts import render
from texts.days import spoken_day

if TYPE_CHECKING:
    from models.people.members import Person

router = Router("handover")

_A_WHILE = timedelta(days=30)


@router.intent("hand_over")
async def ask(ctx: Context) -> Reply:
    """Two names in the order they were said; read back with what goes over. For secretaries and communities."""
    reach = await access.reach_of(ctx.person, ctx.today)
    if not reach.is_staff:
        return Reply("").followed_by("human.call")
    named = await _named(ctx.text, reach)
    if len(named) != 2:
        return say("handover.say_names")
    giver, taker = named
    went = await handover.preview(giver)
    args = {"giver": giver.id, "taker": taker.id}
    choices = [
        Choice(render("handover.for_good"), "handover.keep", args),
        Choice(render("handover.for_a_while"), "handover.keep", {**args, "while": True}),
        Choice(render("handover.not_so"), "conversation.never_mind"),
    ]
    return menu(
        "handover.read_back",
        choices,
        giver=giver.name,
        taker=taker.name,
        count=went.duties,
        people=went.people,
        wishes=went.wishes,
    )


async def _named(text: str, reach: access.Reach) -> list[Person]:
    """Whoever within reach is named, in the order of the words; a name of two people is nobody's."""
    found = [(text.index(person.name), person) for person in await members.all_named_in(text, reach_paths(reach))]
    return [person for _, person in sorted(found, key=lambda pair: pair[0])]


def reach_paths(reach: access.Reach) -> list[str]:
    """The subtrees in which this person may decide who visits."""
    return reach.paths("check_in", "subtree")


@router.action()
async def keep(ctx: Context) -> Reply:
    """Confirmed."""
    reach = await access.reach_of(ctx.person, ctx.today)
    giver = await members.by_id(int(ctx.chosen["giver"]))
    taker = await members.by_id(int(ctx.chosen["taker"]))
    await access.require(reach, "check_in", giver)
    until = ctx.today + _A_WHILE if ctx.chosen.get("while") else None
    most = (await visits.rules_now(ctx.county)).visits.most_open
    await handover.hand_over(giver, taker, by=ctx.person, now=ctx.now, most=most, until=until)
    if until:
        return say("handover.done_until", name=taker.name, day=spoken_day(until))
    return say("handover.done", name=taker.name)

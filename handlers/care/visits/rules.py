"""走访规矩: the rules as sentences with blanks, previewed as names and days before they count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, menu, say
from conversation.understanding import spoken_number
from handlers.care.visits.router import router
from kit.errors import Refusal
from services.care import visits
from services.people import access
from texts import render

if TYPE_CHECKING:
    from kit.county import County
    from services.care.visits import Change

_A_PAGE = 4
_SHOWN = 2


@router.intent("visit_rules")
async def rules(ctx: Context) -> Reply:
    """The sentences, four at a time."""
    reach = await access.reach_of(ctx.person, ctx.today)
    if not reach.is_staff:
        return Reply("").followed_by("human.call")
    county, names = await _county(ctx), list(visits.BLANKS)
    first = int(ctx.chosen.get("from", 0)) % len(names)
    choices = [
        Choice(visits.sentence_of(name, visits.number_of(county, name)), "visits.rule", {"name": name})
        for name in names[first : first + _A_PAGE]
    ]
    following = first + _A_PAGE if first + _A_PAGE < len(names) else 0
    return menu("visits.rules", [*choices, Choice(render("visits.more"), "visits.rules", {"from": following})])


async def _county(ctx: Context) -> County:
    """The numbers that hold for whoever asks: of a community's own staff those of the community."""
    place = await visits.place_of(await access.reach_of(ctx.person, ctx.today))
    return await visits.county_now(ctx.county, place.id if place else None)


@router.action()
async def rule(ctx: Context) -> Reply:
    """Another number for one sentence."""
    return begin("visits.rule", name=str(ctx.chosen["name"]))


async def _clean_number(ctx: Context, text: str) -> int:
    number = spoken_number(text)
    if number is None:
        raise Refusal("visits.number_wanted")
    return number


async def _finish(ctx: Context, answers: Answers) -> Reply:
    """What the change would do, before it counts. Offsets are said as 1 or 2 years earlier."""
    name = str(answers["name"])
    value = -int(answers["number"]) if name.startswith("offset") else int(answers["number"])
    reach = await access.reach_of(ctx.person, ctx.today)
    changes = await visits.preview(ctx.county, name, value, reach, now=ctx.now)
    place = await visits.place_of(reach) if name in visits.LOCAL else None
    known = {"sentence": visits.sentence_of(name, value), "changes": _in_words(name, changes)}
    said = render("visits.rule_preview_here", place=place.name, **known) if place else None
    said = said or render("visits.rule_preview", **known)
    choices = (Choice("", "visits.rule_keep", {"name": name, "value": value}), Choice("", "conversation.never_mind"))
    return Reply(said, choices)


def _in_words(name: str, changes: list[Change]) -> str:
    effect = visits.BLANKS[name].effect
    if not changes:
        return render(f"visits.rule_nothing_{effect}")
    shown = render("words.comma").join(visits.change_in_words(name, one) for one in changes[:_SHOWN])
    return render(f"visits.rule_changes_{effect}", count=len(changes), shown=shown)


async def _no_facts(ctx: Context, answers: Answers) -> dict[str, object]:
    county, name = await _county(ctx), str(answers["name"])
    return {"sentence": visits.sentence_of(name, visits.number_of(county, name))}


router.dialog(Dialog("visits.rule", (Step("number", "visits.ask_number", _clean_number, facts=_no_facts),), _finish))


@router.action()
async def rule_keep(ctx: Context) -> Reply:
    """1: from the next planning on."""
    name, value = str(ctx.chosen["name"]), int(ctx.chosen["value"])
    before = visits.number_of(await _county(ctx), name)
    reach = await access.reach_of(ctx.person, ctx.today)
    await visits.change(name, value, county=ctx.county, by=ctx.person, reach=reach, now=ctx.now)
    reply = say("visits.rule_kept", sentence=visits.sentence_of(name, value))
    return reply.undoable("visits.rule_keep", name=name, value=before)

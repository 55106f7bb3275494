"""A visitor sees who is due for a visit, and one duty in full with what may come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.reply import Choice, Reply, menu, say
from handlers.care.visits.router import router
from services.care import care_plans, visits
from services.people import access
from texts import in_groups, render, section
from texts.days import spoken_day

if TYPE_CHECKING:
    from models.people.members import Person
    from services.care.visits import Details, Duty, Result

LIST_LENGTH = 5
_CALL_RESULTS: tuple[tuple[Result, str], ...] = (
    ("called", "called_done"),
    ("not_home", "no_answer"),
    ("visited", "went_instead"),
    ("not_needed", "call_not_needed"),
)


@router.intent("my_visits")
async def mine(ctx: Context) -> Reply:
    """Whom this person has to visit, the earliest first; a fifth line leads on when there are more."""
    duties = await duties_of(ctx, ctx.person)
    if not duties:
        return say("visits.none")
    return menu("visits.mine", page_of(duties, int(ctx.chosen.get("page", 0))), count=len(duties))


@router.action()
async def open(ctx: Context) -> Reply:  # noqa: A001  # the action's public name is visits.open
    """One duty in full, and what became of it as numbers; what rose here can be taken over."""
    reach = await access.reach_of(ctx.person, ctx.today)
    opened = await visits.details(int(ctx.chosen["visit"]), ctx.person, reach, now=ctx.now)
    task = opened.duty.task_id
    choices = [
        Choice(render(f"visits.{label}"), "visits.result", {"visit": task, "result": result})
        for result, label in _results(opened.duty)
    ]
    if opened.duty.occasion.startswith("hospital:") and opened.duty.is_own:
        choices.append(Choice(render("visits.came_home"), "visits.home", {"visit": task}))
    if not opened.duty.is_own:
        choices.append(Choice(render("visits.take_over"), "visits.take_over", {"visit": task}))
    known = await care_plans.short_for(task, ctx.person.id, today=ctx.today)
    return menu("visits.opened", choices, said=_said(opened), phone=_phone(opened) + _at_the_door(known))


def _at_the_door(known: Mapping[str, str]) -> str:
    """The short form of the care plan, for the visitor who opened the duty."""
    words = render("words.comma").join(render(f"care_plans.door_{name}", words=said) for name, said in known.items())
    return render("care_plans.at_the_door", words=words) if known else ""


def _results(duty: Duty) -> Sequence[tuple[Result, str]]:
    return _CALL_RESULTS if duty.way == "call" else [(result, result) for result in visits.RESULTS]


def _said(opened: Details) -> str:
    key = "visits.details_lunar" if opened.lunar else "visits.details"
    said = render(key, **visits.in_words(opened.duty), lunar=opened.lunar or "")
    if not opened.told:
        return said
    last, names = opened.told[-1], section("visits", "levels")
    return said + render("visits.told_line", day=spoken_day(last.on), level=names[last.level], name=last.name)


def _phone(opened: Details) -> str:
    return render("visits.phone", phone=in_groups(opened.phone)) if opened.phone else ""


async def duties_of(ctx: Context, person: Person) -> list[Duty]:
    """The open duties of this person today."""
    return await visits.due_for(person, await access.reach_of(person, ctx.today), today=ctx.today)


def page_of(duties: Sequence[Duty], page: int) -> list[Choice]:
    """Five lines; where there are more, four and a way on, which begins anew after the last."""
    if len(duties) <= LIST_LENGTH:
        return [_choice(duty) for duty in duties]
    length = LIST_LENGTH - 1
    pages = -(-len(duties) // length)
    page %= pages
    shown = [_choice(duty) for duty in duties[page * length : (page + 1) * length]]
    return [*shown, Choice(render("visits.more"), "visits.mine", {"page": (page + 1) % pages})]


def _choice(duty: Duty) -> Choice:
    return Choice(render(f"visits.{_title(duty)}", **visits.in_words(duty)), "visits.open", {"visit": duty.task_id})


def _title(duty: Duty) -> str:
    if not duty.is_own:
        return "title_risen"
    if duty.risen_to > 1:
        return "title_rose"
    if duty.is_overdue:
        return "title_overdue"
    return "title_call" if duty.way == "call" else "title"

"""The seven lines of the first page, most harm first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.functions import Sum

from delivery.outbox import Letter, post_notice, to_person
from kit.clock import local_day
from models.help.posts import PostHolding
from models.people.check_in import CheckIn
from models.people.members import Person
from models.people.organisation import Role
from services.county import warnings
from services.county.desk import scope
from services.help.posts.reviewing import TO_REVIEW
from services.people import access, check_in, members
from texts import render

TOPIC = "desk"
"""Said in the chat or not at all: what waits stands at the desk, and each thing has its own notice."""
BIRTHDAY, HOSPITAL = "decade_birthday_visit", "hospital_visit"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the first page: what it is about and how many wait; `count` 0 means that all is well."""

    name: str
    count: int


async def lines(reach: access.Reach, *, now: datetime) -> list[Line]:
    """At most seven lines; a handful of counting statements, however many rows there are."""
    today = local_day(now)
    sunday = today + timedelta(days=6 - today.weekday())
    open_tasks = await scope.tasks(reach)
    birthdays = open_tasks.filter(kind=BIRTHDAY, due_on__gte=today, due_on__lte=sunday)
    return [
        Line("overdue", await open_tasks.filter(due_on__lt=today).count()),
        Line("hospital", await open_tasks.filter(kind=HOSPITAL).count()),
        Line("birthdays", await birthdays.count()),
        Line("unfilled", await _unfilled(reach)),
        Line("approvals", await _approvals(reach)),
        Line("questions", await (await scope.wishes(reach)).count()),
        Line("health", len(await warnings.standing(now))),
    ]


async def _unfilled(reach: access.Reach) -> int:
    """Places nobody has taken yet."""
    rows = scope.posts_with_places(reach).annotate(places=Sum("slots"), held=Sum("taken"))
    found = await rows.values("places", "held")
    return sum(int(row["places"] or 0) - int(row["held"] or 0) for row in found)


async def _approvals(reach: access.Reach) -> int:
    waiting = access.visible(reach, CheckIn.filter(state__in=check_in.WAITING), "check_in", organisation="community")
    claims = PostHolding.filter(state__in=TO_REVIEW).exclude(person_id=reach.person_id)
    settleable = access.visible(reach, claims, "approve", person="person", organisation="post__organisation")
    return await waiting.count() + await settleable.count()


async def in_office(day: date) -> list[int]:
    """Everybody who holds an office that day, group leaders and helpers too; who may see nothing is told nothing."""
    rows = Role.held(day).filter(person__state=members.ACTIVE).distinct().order_by("person_id")
    return [row["person_id"] for row in await rows.values("person_id")]


async def tell_lines(person_id: int, *, now: datetime) -> int:
    """The lines with something in them as one notice; how many notices: a level that settles nothing gets none."""
    person, day = await Person.get(id=person_id), local_day(now)
    reach = await access.reach_of(person, day)
    if not reach.is_staff:
        return 0
    waiting = [line for line in await lines(reach, now=now) if line.count and line.name != "health"]
    said = [render("desk.line", what=render(f"console.line_{line.name}"), count=line.count) for line in waiting]
    letter = (
        Letter("desk.monday", {"lines": "\n".join(said)}, topic=TOPIC)
        if said
        else Letter("desk.monday_well", topic=TOPIC)
    )
    stored = await post_notice(to_person(person), letter, once=f"desk:monday:{day.isoformat()}", now=now)
    return int(stored is not None)

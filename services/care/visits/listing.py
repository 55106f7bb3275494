"""What a visitor sees of their duties: the list, one of them in full, and what else waits behind the same door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from kit.clock import local_day
from kit.errors import Refusal
from kit.masking import masked_phone
from models.care.visits import OPEN, VisitTask
from models.people.access import DutyPerson
from models.people.members import EmergencyContact, Person
from services.care.visit_rules import FOR_FAMILY, FROM_EVENTS, LEVELS
from services.care.visits.keepers import ids
from services.care.visits.naming import day_in_words, lunar_note, occasion_in_words
from services.care.visits.standing import towards_the_present
from services.county import escalation
from services.people import access, audit
from services.people.access import Reach

_LEVELS_ABOVE: tuple[access.Capacity, ...] = ("community", "township", "county")


@dataclass(frozen=True, slots=True)
class Duty:
    """One open duty as its visitor sees it in a list; `way` is `visit` or `call`."""

    task_id: int
    subject_id: int
    name: str
    occasion: str
    due_on: date
    is_overdue: bool
    is_own: bool
    way: str = "visit"
    kind: str = "festival_visit"
    risen_to: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """One step a duty has taken: who was told on which level, on which day."""

    level: str
    name: str
    on: date


@dataclass(frozen=True, slots=True)
class Details:
    """One duty opened: `phone` is plain for the visitor, masked for those it rose to; `lunar` may be empty.

    `told` is how far it rose.
    """

    duty: Duty
    lunar: str | None
    phone: str
    told: tuple[Told, ...] = ()


async def due_for(person: Person, reach: Reach, *, today: date) -> list[Duty]:
    """All open duties of the person and of those they stand in for, then what rose to them; earliest first.

    A call to a bereaved household is shown from a week before, not a year.
    """
    visitors = await _visitors(person, today)
    in_sight = Q(kind__not_in=list(FROM_EVENTS)) | Q(window_from__lte=today)
    own = await _standing().filter(in_sight, assignee_id__in=visitors).exclude(subject_id=person.id)
    known = {task.id for task in own}
    risen = [task for task in await _risen(reach) if task.id not in known]
    duties = [_duty(task, today, is_own=True) for task in own]
    duties += [_duty(task, today, is_own=False) for task in risen]
    return sorted(duties, key=lambda duty: (not duty.is_own, duty.due_on, duty.task_id))


def named_in(text: str, duties: Sequence[Duty]) -> list[Duty]:
    """Those of `duties` whose person is named in what was said."""
    return [duty for duty in duties if duty.name in text]


async def details(task_id: int, by: Person, reach: Reach, *, now: datetime) -> Details:
    """One duty with the telephone number; a plain number is entered in the book.

    Raises `visits.unknown` for what is not theirs, `visits.settled` for what is over.
    """
    task, is_own = await open_task(task_id, by, reach, local_day(now))
    phone = await _phone(task)
    if phone and is_own:
        about = audit.by_person(task.subject)
        await audit.note(audit.by_person(by), "unmasked", now=now, subject=about, reason=f"visit:{task.id}")
    note = lunar_note(task.occasion, task.due_on, task.subject.birth_calendar)
    duty = _duty(task, local_day(now), is_own=is_own)
    shown = phone if is_own else masked_phone(phone)
    return Details(duty, note, shown, await _told(task))


async def behind_the_same_door(task: VisitTask, by: Person, *, today: date) -> list[VisitTask]:
    """The other open duties of this visitor in the same household that may be done today."""
    mine = _standing().filter(assignee_id__in=await _visitors(by, today), window_from__lte=today)
    door = _door(task.subject)
    others = await mine.exclude(id=task.id)
    return [other for other in others if other.subject_id == task.subject_id or (door and _door(other.subject) == door)]


async def open_task(task_id: int, by: Person, reach: Reach, today: date) -> tuple[VisitTask, bool]:
    """The duty and whether it is the person's own. "Not yours" looks like "does not exist" (promise X15).

    Raises `visits.unknown`, `visits.settled`, and `visits.off` for what nobody has to do any more.
    """
    task = await VisitTask.filter(id=task_id).select_related("subject").first()
    if task is None or task.subject_id == by.id:
        raise Refusal("visits.unknown")
    is_own = task.assignee_id in await _visitors(by, today)
    if not is_own and not await _may_take_over(task, by, reach):
        raise Refusal("visits.unknown")
    if task.state == "cancelled":
        raise Refusal("visits.off", name=task.subject.name, occasion=occasion_in_words(task.occasion))
    if task.state not in OPEN:
        raise Refusal("visits.settled", name=task.subject.name)
    return task, is_own


def _standing() -> QuerySet[VisitTask]:
    rows = VisitTask.open_tasks().filter(towards_the_present())
    return rows.order_by("due_on", "id").select_related("subject")


async def _visitors(person: Person, today: date) -> list[int]:
    """The person and those they stand in for."""
    away = DutyPerson.on(today).filter(person_id=person.id, stands_for_id__isnull=False)
    return [person.id, *await ids(away, "stands_for_id")]


async def _risen(reach: Reach) -> list[VisitTask]:
    """What rose to the offices of the person; nobody sees their own."""
    if not reach.grants:
        return []
    rows = _standing().filter(risen_to__gte=1).exclude(subject_id__in=[reach.person_id, *reach.principals])
    found = {task.id: task for task in await access.visible(reach, rows, "check_in", person="subject")}
    for capacity in _LEVELS_ABOVE:
        risen = rows.filter(risen_to__gte=_steps_to(capacity))
        shown = access.visible(reach, risen, "check_in", person="subject", risen_to=capacity)
        found |= {task.id: task for task in await shown}
    return list(found.values())


async def _may_take_over(task: VisitTask, by: Person, reach: Reach) -> bool:
    """Anybody on the chain: who was told of it, and who holds an office over the person."""
    if task.risen_to and await escalation.has_heard(by.id, f"visit:{task.id}"):
        return True
    if not reach.grants:
        return False
    if await access.may(reach, "check_in", task.subject):
        return True
    for capacity in _LEVELS_ABOVE:
        if task.risen_to >= _steps_to(capacity) and await access.may(
            reach, "check_in", task.subject, risen_to=capacity
        ):
            return True
    return False


def _steps_to(capacity: access.Capacity) -> int:
    """How many steps of the ladder lead to this level."""
    levels: tuple[str, ...] = LEVELS
    return levels.index(capacity) + 1


async def _phone(task: VisitTask) -> str:
    """The person's number; where the person has died, that of the family."""
    if task.kind not in FOR_FAMILY:
        return task.subject.phone or ""
    contact = await EmergencyContact.filter(person_id=task.subject_id, phone__isnull=False).order_by("id").first()
    return (contact.phone if contact else None) or ""


async def _told(task: VisitTask) -> tuple[Told, ...]:
    steps = await escalation.story_of(f"visit:{task.id}") if task.risen_to else []
    names = {one.id: one.name for one in await Person.filter(id__in={step.person_id for step in steps})}
    return tuple(Told(step.level, names.get(step.person_id, ""), local_day(step.told_at)) for step in steps)


def _door(person: Person) -> tuple[str, ...] | None:
    """Where somebody lives, if it is known to the room."""
    if not (person.building and person.room):
        return None
    return (str(person.estate or ""), str(person.building), str(person.room))


def _duty(task: VisitTask, today: date, *, is_own: bool) -> Duty:
    return Duty(
        task.id,
        task.subject_id,
        task.subject.name,
        task.occasion,
        task.due_on,
        task.due_on < today,
        is_own,
        task.way,
        task.kind,
        task.risen_to,
    )


async def named(task_id: int) -> tuple[str, str]:
    """Whom a duty concerns and what for, in words, for its own visitor."""
    task = await VisitTask.get(id=task_id).select_related("subject")
    return task.subject.name, occasion_in_words(task.occasion)


def in_words(duty: Duty) -> dict[str, str]:
    """The facts of a duty for a sentence: name, occasion, day."""
    return {"name": duty.name, "occasion": occasion_in_words(duty.occasion), "day": day_in_words(duty.due_on)}

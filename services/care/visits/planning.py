"""Makes the duties: who is due within the coming weeks, page by page.

`Person.next_occasions_from` is the day of a person's first occasion not planned yet. The planner reads only rows
whose day lies within the horizon, so its cost grows with what is due. Empty means "look at this person anew":
whoever changes date of birth, sex, offset, liaison, place or state empties it in the same change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from tortoise.expressions import Q

from kit.clock import local_day
from models.care.visits import OPEN, NoVisit, VisitTask
from models.people.members import Person
from models.platform import Mark
from services.care.visit_rules import Occasion, Outlook, VisitRules, outlook, rhythm_outlook, window
from services.care.visits.adapting import (
    ADAPTED,
    LATEST_MOVE,
    bring_up_to_date,
    celebrant,
    is_called_then,
    is_due,
    rhythms_for,
)
from services.care.visits.keepers import READ, Keepers, ids
from services.care.visits.passing import NEVER

log = structlog.get_logger()

NOTHING_AHEAD = date(9998, 12, 31)
"""In `next_occasions_from`, of somebody who is there: no occasion comes unless the person or the rules change."""
NO_VISIT = "no_visit"
"""Why a duty is excused: the person asked not to be visited."""
EXCUSED = ("not_needed", NO_VISIT)
"""Reasons a person gave; what is off for another reason may come back with the next planning."""
_MARK = "visit_rules"
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Planned:
    """What one page of planning did."""

    looked_at: int = 0
    made: int = 0
    changed: int = 0


async def note_rules(rules: VisitRules, now: datetime) -> bool:
    """Whether the county's rules changed since the last planning; then everybody is looked at anew."""
    known = await Mark.get_or_none(name=_MARK)
    if known and known.value == rules.fingerprint:
        return False
    await Mark.update_or_create({"value": rules.fingerprint, "at": now}, name=_MARK)
    if known is None:
        return False
    await Person.filter(next_occasions_from__isnull=False).update(next_occasions_from=None)
    log.info("visit.rules_changed")
    return True


async def look_again(person_ids: Collection[int]) -> None:
    """The next planning looks at these people anew."""
    await Person.filter(id__in=list(person_ids)).update(next_occasions_from=None)


async def plan_page(rules: VisitRules, keepers: Keepers, *, now: datetime, page: int = 500) -> Planned:
    """Plan for the next `page` people whose turn it is; nothing more to do when none were looked at.

    Safe to repeat and to run twice at once: (subject, occasion) is unique, and rows are claimed.
    """
    today = local_day(now)
    horizon = today + timedelta(days=rules.visits.plan_ahead_days)
    people = await _in_turn(horizon, page)
    if not people:
        return Planned()
    standing = await _standing(people, today)
    await keepers.learn(people)
    outlooks = {one.id: _outlook(one, keepers, rules, today, horizon) for one in people if is_due(one)}
    anew = [one for one in people if one.next_occasions_from is None]
    changed = await bring_up_to_date(anew, standing, rules, keepers, today)
    made = await _make(people, outlooks, standing, rules, keepers, now=now)
    await _remember(people, outlooks)
    return Planned(len(people), made, changed)


async def _in_turn(horizon: date, page: int) -> list[Person]:
    """People whose day has come, locked where the database can: a change made meanwhile must not be overwritten."""
    # Two statements: for one with OR the database would walk the whole index.
    anew = Person.filter(next_occasions_from__isnull=True).order_by("id")
    due = Person.filter(next_occasions_from__lte=horizon).order_by("next_occasions_from", "id")
    found = await anew.limit(page).select_for_update().only(*READ)
    return found or await due.limit(page).select_for_update().only(*READ)


async def _standing(people: Iterable[Person], today: date) -> dict[int, dict[str, VisitTask]]:
    """What is open, and what is over of the last year and more: an occasion is met once."""
    lately = Q(state__in=list(OPEN)) | Q(due_on__gte=today - LATEST_MOVE)
    rows = await VisitTask.filter(lately, subject_id__in=[one.id for one in people])
    found: dict[int, dict[str, VisitTask]] = defaultdict(dict)
    for task in rows:
        found[task.subject_id][task.occasion] = task
    return found


def _outlook(person: Person, keepers: Keepers, rules: VisitRules, today: date, horizon: date) -> Outlook:
    # From the day remembered, not from today: what an outage kept from being planned is planned late.
    after = (person.next_occasions_from or today) - _ONE_DAY
    found = outlook(celebrant(person), rules, after, horizon)
    rhythms = rhythms_for(person, keepers.plan_of(person), rules.visits, today)
    if not rhythms:
        return found
    ahead = timedelta(days=rules.visits.rhythm_ahead_days)
    coming = rhythm_outlook(rhythms, today, today + ahead)
    # Rows are looked at when their day comes within the horizon: for a rhythm that must be so many days later.
    look_on = coming.next_on - ahead + (horizon - today) if coming.next_on else None
    days = [day for day in (found.next_on, look_on) if day is not None]
    return Outlook((*found.due, *coming.due), min(days, default=None))


async def _make(
    people: Sequence[Person],
    outlooks: Mapping[int, Outlook],
    standing: Mapping[int, Mapping[str, VisitTask]],
    rules: VisitRules,
    keepers: Keepers,
    *,
    now: datetime,
) -> int:
    new, again = [], []
    with_duties = [one for one in people if one.id in outlooks and outlooks[one.id].due]
    await keepers.learn(with_duties)
    left_alone = await ids(NoVisit.current().filter(person_id__in=[one.id for one in with_duties]), "person_id")
    for person in with_duties:
        for occasion in outlooks[person.id].due:
            task = standing.get(person.id, {}).get(occasion.key)
            if task is None:
                fresh = await _task(person, occasion, rules, keepers, now)
                new.append(_excused(fresh) if person.id in left_alone else fresh)
            elif task.state == "cancelled" and task.reason not in EXCUSED:
                fresh = await _task(person, occasion, rules, keepers, now)
                again.append(_reopened(task, fresh))
    if again:
        await VisitTask.bulk_update(again, ADAPTED, batch_size=200)
    if new:
        await VisitTask.bulk_create(new, batch_size=500, ignore_conflicts=True)
    return len(new) + len(again)


async def _task(person: Person, occasion: Occasion, rules: VisitRules, keepers: Keepers, now: datetime) -> VisitTask:
    keeper, is_passed_on = await keepers.share(person, occasion.on, occasion.key)
    return VisitTask(
        kind=occasion.kind,
        occasion=occasion.key,
        subject_id=person.id,
        due_on=occasion.on,
        window_from=occasion.opens or window(occasion.kind, occasion.on, rules.visits_at(person.community_id)).opens,
        assignee_id=keeper,
        is_given=is_passed_on,
        state="assigned" if keeper else "planned",
        tier=occasion.rule.removeprefix("tier_") if occasion.kind == "tier_visit" else "community",
        way="call" if is_called_then(person, keepers, occasion.on) else "visit",
        made_at=now,
    )


def _excused(task: VisitTask) -> VisitTask:
    """Counted among the duties, and done by nobody."""
    task.state, task.reason = "cancelled", NO_VISIT
    return task


def _reopened(task: VisitTask, fresh: VisitTask) -> VisitTask:
    task.due_on, task.window_from = fresh.due_on, fresh.window_from
    task.assignee_id, task.state, task.reason, task.reminded = fresh.assignee_id, fresh.state, None, None
    task.is_given = fresh.is_given
    return task


async def _remember(people: Iterable[Person], outlooks: Mapping[int, Outlook]) -> None:
    """Write down each person's next day, one statement a day: most people share the next festival."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for person in people:
        seen = outlooks.get(person.id)
        by_day[(seen.next_on or NOTHING_AHEAD) if seen else NEVER].append(person.id)
    for day, some in by_day.items():
        await Person.filter(id__in=some).update(next_occasions_from=day)

"""Takes the first steps where no sign came: asks the person, tells the watchers, the family and duty, once each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import texts
from delivery.outbox import URGENT, Asked, Letter, post_notice, to_openid, to_person
from kit.clock import local_day
from models.care.curtain import CurtainResult, CurtainStep, CurtainSubscription
from models.people.members import EmergencyContact, Person
from services.care.curtain.rules import CurtainPolicy, Telling, steps_due
from services.care.curtain.settling import TOPIC
from services.county import workdays
from services.people import access
from services.people.members import ACTIVE

_SHIFT = "same_day_shift"
"""A watcher's round is a duty of the same day, that no quiet hours hold back."""
_USEFUL = timedelta(hours=6)


@dataclass(slots=True)
class _Watchers:
    """Who looks after these people now: the agreements and who is there, looked up once for all."""

    now: datetime
    held: dict[int, CurtainSubscription] = field(default_factory=dict)
    there: dict[int, Person] = field(default_factory=dict)
    deputies: dict[int, int] = field(default_factory=dict)

    async def learn(self, people: Sequence[int]) -> None:
        self.held = {row.person_id: row for row in await CurtainSubscription.filter(person_id__in=list(people))}
        named = {one for row in self.held.values() for one in (row.watcher_id, row.backup_id) if one}
        self.there = {one.id: one for one in await Person.filter(id__in=list(named), state=ACTIVE)}

    async def first(self, person: Person) -> int | None:
        """The watcher, else the second one, else whoever looks after the person; or who stands in for them."""
        row = self.held[person.id]
        named = next((one for one in (row.watcher_id, row.backup_id) if one in self.there), None)
        if named is None:
            found = await access.keeper_for(person, self.now, await workdays.is_workday(local_day(self.now)))
            return found.id if found else None
        if named not in self.deputies:
            self.deputies[named] = (await access.present(self.there[named], local_day(self.now))).id
        return self.deputies[named]

    def second(self, person: Person) -> int | None:
        """The second watcher, if there."""
        backup = self.held[person.id].backup_id
        return backup if backup in self.there else None


async def take_steps(policy: CurtainPolicy, *, now: datetime, limit: int = 500) -> int:
    """The first steps that stand now: who is told, once each; how many were taken.

    A half-day of yesterday that nobody settled stays open and on the lists; nobody's telephone rings for it again.
    """
    rows = CurtainResult.unsettled().filter(day__gte=local_day(now), person__state=ACTIVE)
    found = await rows.select_related("person").order_by("id").limit(limit)
    due = [(row, steps) for row in found if (steps := steps_due(row.state, row.since, row.told, now, policy))]
    if not due:
        return 0
    await _claim([(row, len(steps)) for row, steps in due])
    watchers = _Watchers(now)
    await watchers.learn([row.person_id for row, _ in due])
    rounds: dict[int, list[CurtainResult]] = defaultdict(list)
    for row, steps in due:
        for step in steps:
            if step == "ask":
                rounds[await watchers.first(row.person) or 0].append(row)
            else:
                await _tell(step, row, watchers)
    await _ask_rounds(rounds, now)
    return sum(len(steps) for _, steps in due)


async def _claim(taken: Sequence[tuple[CurtainResult, int]]) -> None:
    """Written down before anything is said; a half-day that was settled meanwhile keeps its state."""
    by_count: dict[int, list[int]] = defaultdict(list)
    for row, many in taken:
        by_count[row.told + many].append(row.id)
    for told, ids in by_count.items():
        await CurtainResult.unsettled().filter(id__in=ids).update(told=told)


async def _ask_rounds(rounds: dict[int, list[CurtainResult]], now: datetime) -> None:
    """One notice for the whole round of a watcher."""
    asks = (Asked(texts.render("curtain.round_label"), "curtain.round"),)
    asked = []
    for watcher, rows in rounds.items():
        if not watcher:
            continue
        letter = Letter("curtain.look", {"count": len(rows)}, topic=_SHIFT, asks=asks, useful_until=now + _USEFUL)
        once = f"curtain_round:{rows[0].day.isoformat()}:{rows[0].half}:{rows[0].id}"
        await post_notice(to_person(watcher), letter, once=once, now=now)
        told = {"capacity": "ask", "recipient": to_person(watcher), "told_at": now}
        asked += [CurtainStep(result_id=row.id, **told) for row in rows]
    if asked:
        await CurtainStep.bulk_create(asked, batch_size=200, ignore_conflicts=True)


async def _tell(step: Telling, row: CurtainResult, watchers: _Watchers) -> None:
    now = watchers.now
    if step == "self":
        await _ask_person(row, now)
        return
    for recipient in await _recipients(step, row, watchers):
        if await _note(row, step, recipient, now):
            await post_notice(recipient, _letter(step, row), once=f"curtain:{row.id}:{step}", now=now)


async def _ask_person(row: CurtainResult, now: datetime) -> None:
    asks = (
        Asked(texts.render("curtain.fine"), "curtain.fine"),
        Asked(texts.render("curtain.come"), "curtain.come"),
    )
    letter = Letter("curtain.are_you_well", {}, topic=TOPIC, urgency=URGENT, asks=asks)
    await post_notice(to_person(row.person_id), letter, once=f"curtain:{row.id}:self", now=now)


async def _recipients(step: Telling, row: CurtainResult, watchers: _Watchers) -> list[str]:
    if step == "family":
        contacts = await EmergencyContact.filter(person_id=row.person_id, openid__isnull=False).order_by("id")
        return [to_openid(one.openid) for one in contacts if one.openid]
    if step == "duty":
        now = watchers.now
        found = await access.responsible(row.person, now, await workdays.is_workday(local_day(now)))
        return [to_person(found)] if found else []
    watcher, backup = await watchers.first(row.person), watchers.second(row.person)
    wanted = {"call": [watcher], "knock": [watcher, backup], "backup": [backup or watcher]}[step]
    return [to_person(one) for one in dict.fromkeys(wanted) if one]


def _letter(step: Telling, row: CurtainResult) -> Letter:
    """Who and the telephone, and that it is urgent (promise V12)."""
    phone = row.person.phone
    key = "call_first" if step == "call" and not phone else step
    asks = (Asked(texts.render("curtain.ask_label"), "curtain.show", {"result": row.id}),)
    facts = {"name": row.person.name, "phone": phone or ""}
    is_round = step == "backup"
    return Letter(f"curtain.{key}", facts, topic=_SHIFT if is_round else TOPIC, urgency=URGENT, asks=asks)


async def _note(row: CurtainResult, step: str, recipient: str, now: datetime) -> bool:
    """Who was told and when; whether this is the first time."""
    _, is_new = await CurtainStep.get_or_create({"told_at": now}, result_id=row.id, capacity=step, recipient=recipient)
    return is_new

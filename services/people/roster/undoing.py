"""Takes the last roster import back: what nobody has touched since goes, the rest stays and is named."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.models import Model

from delivery.waiting import stop_for
from kit.errors import Refusal
from models.care.curtain import CurtainSubscription
from models.care.safe import SafeReport
from models.care.visits import VisitRecord
from models.help.posts import PostHolding
from models.help.wishes import Alarm, Wish
from models.outreach.calls import Call
from models.outreach.notices import ACCEPTED, UNKNOWN, WAITING, Notice
from models.people.access import DutyPerson
from models.people.accounts import Binding
from models.people.check_in import CheckIn, RetirementCeremony
from models.people.members import ActivityRegistration, Consent, EmergencyContact, Person
from models.people.organisation import Role
from models.people.roster import RosterChange, RosterImport
from services.people.audit import note
from services.people.members import where
from services.people.roster import columns
from services.people.roster.portions import AT_ONCE, IN_ONE, Run
from services.people.roster.preparing import portions


@dataclass(frozen=True, slots=True)
class Kept:
    """Somebody whom the undo leaves as they are; `reason` names the sentence `commands.kept_<reason>`."""

    person_id: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Undone:
    """What the undo did: people taken out, people put back as they were, people kept."""

    file_name: str
    removed: int
    restored: int
    kept: tuple[Kept, ...]


async def undo_last(*, by: str, now: datetime, run: Run = IN_ONE, only_own: bool = False) -> Undone:
    """Take back the last import that still stands; raises `commands.undo_nothing` when there is none.

    Whoever was changed, bound, registered or used elsewhere since is kept and named. `run` opens a transaction
    for one portion; what was taken back leaves the book with it, so an undo that broke off goes on where it was.
    `only_own`: another's import is not there to be taken back. Raises `commands.import_busy` while one runs.
    """
    last = await RosterImport.filter(undone_at__isnull=True).order_by("-id").first()
    if last is None or (only_own and last.by != by):
        raise Refusal("commands.undo_nothing")
    return await _take_back(last, by, now, run)


async def take_back_unfinished(*, by: str, now: datetime, run: Run = IN_ONE) -> Undone | None:
    """Take back an import that broke off, unless it goes on at this moment; None when there is none."""
    broken = await RosterImport.filter(done_at__isnull=True, undone_at__isnull=True).order_by("-id").first()
    if broken is None:
        return None
    try:
        return await _take_back(broken, by, now, run)
    except Refusal:
        return None


async def _take_back(last: RosterImport, by: str, now: datetime, run: Run) -> Undone:
    removed, restored, kept = 0, 0, list[Kept]()
    after: int | None = 0
    while after is not None:
        async with run.each():
            await run.keep_going()
            done, after = await _portion(last, after, now)
        removed, restored, kept = removed + done.removed, restored + done.restored, [*kept, *done.kept]
    async with run.each():
        last.undone_at = now
        await last.save(update_fields=["undone_at"])
        await run.let_go()
        counted: dict[str, Any] = {"removed": removed, "restored": restored, "kept": len(kept)}
        await note(by, "roster_undone", now=now, subject=f"roster_import:{last.id}", **counted)
    return Undone(last.file_name, removed, restored, tuple(kept))


async def _portion(last: RosterImport, after: int, now: datetime) -> tuple[Undone, int | None]:
    """The next changes taken back, and where the portion after it begins; None after the last one."""
    rows = RosterChange.filter(roster_import_id=last.id, id__gt=after).order_by("id")
    changes = await rows.limit(AT_ONCE)
    people = await _people([change.person_id for change in changes])
    ties = await _ties(changes)
    kept = [found for change in changes if (found := _kept(change, people, ties))]
    held = {one.person_id for one in kept}
    going = [one for one in changes if one.person_id not in held]
    here = [one for one in going if one.person_id in people]
    removed = await _remove([one.person_id for one in here if one.before is None], now)
    older = [one for one in here if one.before is not None]
    for change in older:
        await _restore(people[change.person_id], change)
    await RosterChange.filter(id__in=[one.id for one in going]).delete()
    done = Undone(last.file_name, removed, len(older), tuple(kept))
    return done, changes[-1].id if len(changes) == AT_ONCE else None


async def _people(ids: Sequence[int]) -> dict[int, Person]:
    found: dict[int, Person] = {}
    for some in portions(ids):
        found |= {person.id: person for person in await Person.filter(id__in=some)}
    return found


def _kept(change: RosterChange, people: dict[int, Person], ties: dict[int, str]) -> Kept | None:
    person = people.get(change.person_id)
    if person is None:
        return None
    picture = json.loads(change.after or "{}")["person"]
    if columns.photograph(person) != picture:
        return Kept(person.id, person.name, "changed")
    reason = ties.get(person.id) if change.before is None else None
    return Kept(person.id, person.name, reason) if reason else None


# What ties a person to the house so that their row can't go any more, the plainest reason first.
_TIES: tuple[tuple[type[Model], str, str], ...] = (
    (Binding, "person_id", "bound"),
    (CheckIn, "person_id", "checked_in"),
    (PostHolding, "person_id", "post"),
    (VisitRecord, "task__subject_id", "visited"),
    (Consent, "person_id", "in_use"),
    (ActivityRegistration, "person_id", "in_use"),
    (RetirementCeremony, "person_id", "in_use"),
    (DutyPerson, "person_id", "in_use"),
    (DutyPerson, "stands_for_id", "in_use"),
    (SafeReport, "person_id", "in_use"),
    (CurtainSubscription, "person_id", "in_use"),
    (Wish, "person_id", "in_use"),
    (Call, "person_id", "in_use"),
    (Alarm, "person_id", "in_use"),
    # The row of whoever has this liaison would go with the liaison's.
    (Person, "liaison_id", "in_use"),
)


async def _ties(changes: Sequence[RosterChange]) -> dict[int, str]:
    """For each new person that something hangs on: what."""
    fresh = [change.person_id for change in changes if change.before is None]
    own_roles = {one for change in changes for one in _ids(change, "roles")}
    found: dict[int, str] = {}
    for some in portions(fresh):
        for model, column, reason in _TIES:
            for one in await model.filter(where(f"{column}__in", some)).values_list(column, flat=True):
                found.setdefault(int(str(one)), reason)
        for told in await _told(some):
            found.setdefault(told, "told")
        for role in await Role.filter(person_id__in=some):
            if role.id not in own_roles:
                found.setdefault(role.person_id, "in_use")
    return found


async def _told(ids: Collection[int]) -> list[int]:
    """Who was told something already: the book of notices has to name somebody."""
    sent = Notice.filter(person_id__in=ids, state__in=(ACCEPTED, UNKNOWN))
    return [int(str(one)) for one in await sent.values_list("person_id", flat=True)]


async def _remove(ids: Sequence[int], now: datetime) -> int:
    for some in portions(ids):
        waiting = await Notice.filter(person_id__in=some, state=WAITING).values_list("person_id", flat=True)
        for person_id in set(waiting):
            await stop_for(int(str(person_id)), now, why="roster_undone")
        await Person.filter(id__in=some).delete()
    return len(ids)


async def _restore(person: Person, change: RosterChange) -> None:
    before = json.loads(change.before or "{}")["person"]
    await person.save(update_fields=columns.put_back(person, before))
    await EmergencyContact.filter(id__in=_ids(change, "contacts"), openid__isnull=True).delete()
    await Role.filter(id__in=_ids(change, "roles")).delete()


def _ids(change: RosterChange, kind: str) -> list[int]:
    found: list[Any] = json.loads(change.after or "{}").get(kind, [])
    return [int(one) for one in found]

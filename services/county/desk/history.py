"""What happened to one person and what will: deeds, notices, and everything foreseen for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from delivery.wording import title_of
from kit.county import County
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.members import Person
from services.care import visits
from services.county.coming import Coming, coming
from services.county.desk import scope
from services.outreach import audience
from services.people import access, audit

AHEAD = timedelta(days=60)
_DEEDS, _NOTICES = 30, 20


@dataclass(frozen=True, slots=True)
class Past:
    """One line of what happened: `deed` names an action of the book, or is empty for a notice called `title`.

    `who` is the name of whoever did it, empty for the house itself and for those whose name is not the reader's
    business. `about` is what was done on behalf, `how` where the notice stands.
    """

    at: datetime
    deed: str
    title: str = ""
    who: str = ""
    about: str = ""
    how: str = ""


async def happened(person: Person, reach: access.Reach) -> list[Past]:
    """The last deeds and notices, the newest first; four statements."""
    rows = AuditEntry.filter(subject=audit.by_person(person)).exclude(action="unmasked")
    deeds = await rows.order_by("-id").limit(_DEEDS)
    notices = await Notice.filter(person_id=person.id).order_by("-id").limit(_NOTICES)
    names = await _actors(deeds, reach)
    found = [_deed(one, names) for one in deeds]
    found += [Past(one.sent_at or one.queued_at, "", title_of(one), how=one.outcome) for one in notices]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _deed(row: AuditEntry, names: Mapping[str, str]) -> Past:
    about = str((row.facts or {}).get("what", "")) if row.action == "on_behalf" else ""
    return Past(row.at, row.action, who=names.get(row.actor, ""), about=about)


async def _actors(deeds: Sequence[AuditEntry], reach: access.Reach) -> dict[str, str]:
    """Who did it, as far as the name may be read: people of the own subtree, and whoever holds an office."""
    ids = {int(one.actor.removeprefix("person:")) for one in deeds if one.actor.startswith("person:")}
    names = await scope.names(sorted(ids))
    readable = await scope.readable(reach, sorted(ids)) | await scope.in_office(sorted(ids))
    return {audit.by_person(one): name for one, name in names.items() if one in readable}


async def ahead(person: Person, county: County, *, now: datetime) -> list[Coming]:
    """What will go to this person or because of them in the next days, in order of time, each with its reason."""
    rules, policy = await visits.rules_now(county), audience.policy_of(county)
    return await coming(rules, now=now, days=AHEAD.days, person=person, policy=policy)

"""Who gets what on paper: binding slips (绑定条) for those not bound, large-print sheets for those nobody reached."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from delivery.waiting import read_out
from models.outreach.calls import OPEN, PAPER, Call
from models.outreach.notices import Notice
from models.people.accounts import Binding
from models.people.members import STAFF, Person
from models.people.organisation import Organisation
from services.people.members import ACTIVE, in_subtrees
from services.people.organisation import community_of


async def without_account(place: Organisation) -> list[Person]:
    """The living members beneath the place whom no account speaks for, in the order of their names."""
    bound = {tie.person_id for tie in await Binding.current().only("id", "person_id")}
    people = await Person.filter(in_subtrees([place.path]), state=ACTIVE).exclude(standing=STAFF).order_by("name", "id")
    return [person for person in people if person.id not in bound]


async def by_community(people: list[Person], place: Organisation) -> dict[Organisation, list[Person]]:
    """The people under the community that answers for their slip; `place` itself for those in none."""
    found: dict[Organisation, list[Person]] = {}
    for person in people:
        found.setdefault(await community_of(person) or place, []).append(person)
    return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the same words for the people of one building, and who brings it to them.

    `building` is empty for those of whom none is known.
    """

    title: str
    words: str
    place: Organisation
    building: str
    people: tuple[Person, ...]
    teller: str = ""


async def sheets_for(place: Organisation, *, now: datetime, on_paper_only: bool = True) -> list[Sheet]:
    """What is still to be told beneath the place, by notice and building, and noted as printed where it is to be.

    Words of a notice to everybody stand there in full; of anything else only that there is something (promise V12).
    `on_paper_only` leaves out those whom somebody is telling at the door or by telephone.
    """
    calls = Call.filter(state=OPEN, way=PAPER) if on_paper_only else Call.filter(state=OPEN)
    beneath = Person.filter(in_subtrees([place.path]), state=ACTIVE)
    people = {person.id: person for person in await beneath}
    groups: dict[tuple[str, str, str, int], list[tuple[Call, Person]]] = defaultdict(list)
    for call in await calls.filter(next_at__lte=now).order_by("id"):
        person = people.get(call.person_id or 0)
        words = await _words(call) if person else None
        if person and words:
            groups[*words, person.building or "", person.community_id or 0].append((call, person))
    return [await _sheet(key, told, place, now) for key, told in sorted(groups.items(), key=lambda item: item[0])]


async def _words(call: Call) -> tuple[str, str] | None:
    """Title and words of the sheet this call belongs on."""
    notice = await Notice.get_or_none(id=call.notice_id)
    told = await read_out(call.notice_id)
    if notice is None or told is None:
        return None
    return told.title, told.spoken if notice.broadcast_id else told.announced


async def _sheet(
    key: tuple[str, str, str, int], told: list[tuple[Call, Person]], place: Organisation, now: datetime
) -> Sheet:
    title, words, building, community_id = key
    for call, _ in told:
        call.note(now, "printed")
        await call.save(update_fields=["steps"])
    tellers = {call.keeper_id for call, _ in told}
    teller = await Person.get_or_none(id=tellers.pop()) if len(tellers) == 1 else None
    where = await Organisation.get_or_none(id=community_id) if community_id else None
    people = sorted((person for _, person in told), key=lambda one: (one.room or "", one.name, one.id))
    return Sheet(title, words, where or place, building, tuple(people), teller.name if teller else "")

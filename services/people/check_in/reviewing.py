"""The community worker's answer: taken in or given back with a reason; and both taken back within ten minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from delivery import waiting
from delivery.outbox import Asked, Letter, post_notice, to_openid, to_person
from kit.clock import local_day
from kit.errors import Refusal
from models.outreach.notices import Notice
from models.people.accounts import Binding
from models.people.check_in import CheckIn, RetirementCeremony
from models.people.members import Person
from models.people.organisation import Organisation
from services.people import audit, binding, members, organisation
from services.people.check_in import certificates
from services.people.check_in.states import ACCEPTED, APPLICANT, MOVED_OUT, RETURNED, UNDER_REVIEW, WAITING
from texts import render

PROXY = "proxy"
"""Handed in by somebody else: a daughter, a neighbour."""


async def standing_before(row: CheckIn) -> dict[str, Any]:
    """Where the person stands before this registration is accepted, as plain values: `reopen` brings that back."""
    person = await Person.get(id=row.person_id)
    others = CheckIn.filter(person_id=person.id, state=ACCEPTED).exclude(id=row.id)
    return {name: getattr(person, name) for name in _HOME} | {"left": [old.id for old in await others]}


async def accept(row: CheckIn, *, by: Person, now: datetime) -> CheckIn:
    """Take the person in: number, certificate, receipt to the former unit; an earlier community is left.

    Raises `check_in.already_settled` when somebody else was quicker.
    """
    await _settle(row, ACCEPTED, by, now)
    person, community = await Person.get(id=row.person_id), await Organisation.get(id=row.community_id)
    await certificates.number(row, now)
    await CheckIn.filter(person_id=person.id, state=ACCEPTED).exclude(id=row.id).update(state=MOVED_OUT)
    await _settle_in(person, row)
    is_spoken_for = await _is_spoken_for(row, person)
    if row.openid and not await members.is_bound(person):
        # Who handed it in for somebody else speaks for them, and is not them.
        relation = PROXY if is_spoken_for else None
        await binding.bind(row.openid, person, how="check_in", now=now, relation=relation)
    await RetirementCeremony.filter(person_id=person.id, state="announced").update(
        state="greeted", greeted_at=now, check_in_id=row.id
    )
    await _tell_accepted(row, person, community, now, is_spoken_for=is_spoken_for)
    await _tell_neighbours(row, person, community, now)
    await audit.note(audit.by_person(by), "check_in.accepted", now=now, subject=f"check_in:{row.id}")
    return row


async def return_to_sender(row: CheckIn, reason: str, *, by: Person, now: datetime) -> CheckIn:
    """Give the application back with a reason a person can act on; raises `check_in.already_settled`."""
    await _settle(row, RETURNED, by, now)
    row.reason = reason[:100]
    await row.save(update_fields=["reason"])
    person, community = await Person.get(id=row.person_id), await Organisation.get(id=row.community_id)
    phone = await organisation.phone_of(community) or ""
    facts = {"community": community.name, "reason": row.reason, "phone": phone}
    letter = Letter("check_in.returned", facts)
    if await _is_spoken_for(row, person):
        letter = Letter("check_in.returned_other", {**facts, "name": person.name})
    await post_notice(await _applicant(row, person), letter, once=_key(row, "returned"), now=now)
    await audit.note(audit.by_person(by), "check_in.returned", now=now, subject=f"check_in:{row.id}")
    return row


async def reopen(row: CheckIn, before: Mapping[str, Any] | None = None, *, by: Person, now: datetime) -> None:
    """Take a decision back within its ten minutes: the application waits again, and all is as it stood before.

    What was not sent yet stays here; who has read it is told. The certificate verifies no more; its number stays
    with this registration. Raises `check_in.already_settled` when it waits already.
    """
    decided = CheckIn.filter(id=row.id, state__in=[ACCEPTED, RETURNED])
    if not await decided.update(state=UNDER_REVIEW, reason=None):
        raise Refusal("check_in.already_settled")
    person = await Person.get(id=row.person_id)
    if before is not None:
        await _move_back(person, row, before, now)
    await _take_words_back(row, now)
    await audit.note(audit.by_person(by), "check_in.reopened", now=now, subject=f"check_in:{row.id}")


async def _settle(row: CheckIn, state: str, by: Person, now: datetime) -> None:
    """One conditional UPDATE, so that two workers never both answer."""
    settled = await CheckIn.filter(id=row.id, state__in=WAITING).update(
        state=state, reviewed_by_id=by.id, reviewed_at=now
    )
    if not settled:
        raise Refusal("check_in.already_settled")
    row.state, row.reviewed_at = state, now
    await waiting.answered_elsewhere(f"check_in:{row.id}:review", now)


_HOME = ("community_id", "estate", "building", "room", "unit", "skills", "state")


async def _settle_in(person: Person, row: CheckIn) -> None:
    person.community_id = row.community_id
    person.estate, person.building = row.estate, row.building
    person.unit = person.unit or row.unit
    person.skills = sorted({*person.skills, *row.skills})
    person.state = members.ACTIVE if person.state == APPLICANT else person.state
    person.next_occasions_from = None
    person.room = row.room or person.room
    await person.save()


async def _move_back(person: Person, row: CheckIn, before: Mapping[str, Any], now: datetime) -> None:
    for name in _HOME:
        setattr(person, name, before[name])
    person.next_occasions_from = None
    await person.save()
    await CheckIn.filter(id__in=before["left"], state=MOVED_OUT).update(state=ACCEPTED)
    tied = Binding.current().filter(person_id=person.id, how="check_in", since=row.reviewed_at)
    await tied.update(until=now)
    await RetirementCeremony.filter(check_in_id=row.id).update(state="announced", greeted_at=None, check_in_id=None)


async def _take_words_back(row: CheckIn, now: datetime) -> None:
    """Stop what waits of this decision; to whom it has gone already, say that it does not hold."""
    decision = _key(row)
    await waiting.cancel(decision, now)
    gone = Notice.filter(business_key__startswith=f"{decision}:", sent_at__isnull=False)
    facts = {"name": row.person.name, "community": row.community.name}
    for recipient in sorted({notice.recipient for notice in await gone}):
        is_own = recipient in (to_person(row.person_id), f"openid:{row.openid}")
        say = "check_in.taken_back" if is_own else "check_in.receipt_taken_back"
        await post_notice(recipient, Letter(say, facts), once=f"{decision}:taken_back", now=now)


def _key(row: CheckIn, what: str = "") -> str:
    """The business key of what one decision sends: a second decision after an undo may say it again."""
    decided = int(row.reviewed_at.timestamp()) if row.reviewed_at else 0
    return f"check_in:{row.id}:{decided}" + (f":{what}" if what else "")


async def _applicant(row: CheckIn, person: Person) -> str:
    """Where the answer goes: to the person, by whatever way; without a binding to the account that asked."""
    is_known = await members.is_bound(person)
    return to_openid(row.openid) if row.openid and not is_known else to_person(person)


async def _is_spoken_for(row: CheckIn, person: Person) -> bool:
    """Whether the answer is read by whoever handed it in, and not by the person."""
    return row.source == PROXY and not await members.is_bound(person)


async def _tell_accepted(
    row: CheckIn, person: Person, community: Organisation, now: datetime, *, is_spoken_for: bool
) -> None:
    say = "check_in.accepted_other" if is_spoken_for else "check_in.accepted"
    facts = {
        "name": person.name,
        "community": community.name,
        "number": row.card_no,
        "phone": await organisation.phone_of(community) or "",
    }
    letter = Letter(say, facts, asks=(Asked(render("check_in.see_posts"), "posts.offers", {}),))
    await post_notice(to_person(person), letter, once=_key(row, "accepted"), now=now)
    await certificates.send_certificate(row, person, now=now, once=_key(row, "certificate"))


async def _tell_neighbours(row: CheckIn, person: Person, community: Organisation, now: datetime) -> None:
    """The receipt (回执) to the former unit's branch, and word to the secretary of the estate's."""
    facts = {"name": person.name, "community": community.name, "number": row.card_no}
    receipt = Letter("check_in.receipt", facts, topic="work")
    for secretary in await _secretaries(await _unit_branch(person), now):
        await post_notice(to_person(secretary), receipt, once=_key(row, "receipt"), now=now)
    letter = Letter("check_in.new_neighbour", facts | {"home": row.estate or community.name}, topic="work")
    for secretary in await _secretaries(await _estate_branch(row, community), now):
        if secretary.id != person.id:
            await post_notice(to_person(secretary), letter, once=_key(row, "neighbour"), now=now)


async def _secretaries(branch: Organisation | None, now: datetime) -> list[Person]:
    return await organisation.holders(branch, organisation.SECRETARIES, local_day(now)) if branch else []


async def _unit_branch(person: Person) -> Organisation | None:
    """The branch of membership, else the only one that bears the former unit's name."""
    if (branch := await organisation.branch_of(person)) is not None or not person.unit:
        return branch
    found = await organisation.named(person.unit, tiers=_BRANCHES)
    return found[0] if len(found) == 1 else None


_BRANCHES: tuple[organisation.Tier, ...] = ("branch",)


async def _estate_branch(row: CheckIn, community: Organisation) -> Organisation | None:
    if not row.estate:
        return None
    found = await organisation.named(row.estate, beneath=community.path, tiers=_BRANCHES)
    return found[0] if len(found) == 1 else None

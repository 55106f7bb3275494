"""How a half-day ends: all is well, and whoever was told that a sign was missing hears it as good news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tortoise.expressions import Q

from delivery import waiting
from delivery.outbox import Letter, post_notice, to_person
from models.care.curtain import CALLED_FOR, FINE, MISSING, CurtainResult, CurtainStep
from models.county.escalation import RiseStep
from models.people.members import Person
from services.care.curtain.rising import NAMES
from services.people import audit

TOPIC = "missing_sign_of_life"
"""What quiet hours and the daily cap do not hold back (domain §2.21)."""


async def settle(row: CurtainResult, how: str, *, by: int | None, now: datetime) -> bool:
    """All is well, with every half-day still open of this person: nothing more is asked, and those told hear it.

    False when somebody was faster. Whoever asked for a look is not settled by a sign alone (`by` is None).
    """
    facts = {"state": FINE, "how": how, "by_id": by, "settled_at": now}
    if not await CurtainResult.unsettled().filter(id=row.id).update(**facts):
        return False
    others = CurtainResult.unsettled().filter(person_id=row.person_id)
    if by is None:
        others = others.filter(Q(how__isnull=True) | Q(how__not=CALLED_FOR))
    rows = [row, *await others]
    for one in rows:
        await waiting.cancel(f"curtain:{one.id}", now, why="answered")
        await waiting.answered_elsewhere(f"curtain:{one.id}", now)
    await CurtainResult.unsettled().filter(id__in=[one.id for one in rows]).update(**facts)
    if missed := [one for one in rows if one.state == MISSING or one.was_missing]:
        await _tell_everybody(missed, by, now)
    if by is not None:
        about = audit.by_person(row.person_id)
        await audit.note(audit.by_person(by), "curtain.fine", now=now, subject=about, how=how)
    return True


async def _tell_everybody(missed: Sequence[CurtainResult], by: int | None, now: datetime) -> None:
    """A false alarm is good news and nobody's fault (domain §2.13)."""
    person = await Person.get(id=missed[0].person_id)
    letter = Letter("curtain.found", {"name": person.name}, topic=TOPIC)
    heard = {recipient for row in missed for recipient in await heard_of(row)}
    for recipient in sorted(heard - {to_person(person.id), to_person(by or 0)}):
        await post_notice(recipient, letter, once=f"curtain_end:{missed[0].id}", now=now)


async def heard_of(row: CurtainResult) -> set[str]:
    """Everybody who was told of it, by a first step or by the ladder."""
    steps = await CurtainStep.filter(result_id=row.id).values_list("recipient", flat=True)
    matters = [f"{name}:{row.id}" for name in NAMES.values()]
    rose = await RiseStep.filter(matter__in=matters).values_list("person_id", flat=True)
    return {str(one) for one in steps} | {to_person(int(str(one))) for one in rose}

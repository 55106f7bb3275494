"""The care plans of a seed file: what somebody likes and needs, who visits by themselves, who is the doctor."""

from __future__ import annotations

from datetime import datetime

from models.care.care_plans import CarePlan, CareSeat
from models.people.members import Person
from services.county.seed.marks import Marks
from services.county.seed.people import person_ids
from services.county.seed.shape import CareRow, SeedFile


async def load_care_plans(file: SeedFile, marks: Marks, now: datetime) -> None:
    """Add plans or change what is said in them; known by the member. The next planning looks at the person anew."""
    people = await person_ids()
    for name, row in marks.changed("care_plans", [(row.member, row) for row in file.care_plans]):
        plan = await _put(row, people, now)
        marks.remember("care_plans", name, row, plan.id)


async def _put(row: CareRow, people: dict[str, int], now: datetime) -> CarePlan:
    known = {
        "likes": row.likes,
        "needs": row.needs,
        "how_to_reach": row.how_to_reach,
        "to_avoid": row.to_avoid,
        "tags": ",".join(row.risks),
        "tiers": list(row.tiers),
        "home_round": row.home_round,
        "home_study": row.home_study,
        "doctor_id": people.get(row.doctor) if row.doctor else None,
        "written_at": now,
    }
    plan, _ = await CarePlan.update_or_create(known, person_id=people[row.member])
    for seat, holder in row.team.items():
        await CareSeat.update_or_create({"holder_id": people.get(holder)}, person_id=plan.person_id, seat=seat)
    await Person.filter(id=plan.person_id).update(next_occasions_from=None)
    return plan

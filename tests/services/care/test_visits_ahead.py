"""Somebody for whom nothing is ahead costs nothing at each knock; somebody who comes back is looked at anew."""

from __future__ import annotations

from datetime import datetime

from cast import arrange
from visits_rounds import plan

from kit.county import County, VisitNumbers
from models.people.members import Person
from services.care.visit_rules import rules_of
from services.care.visits.planning import NOTHING_AHEAD

BIRTHDAYS_ONLY = rules_of(County(visits=VisitNumbers(festivals=())))


async def test_who_has_nothing_ahead_is_looked_at_once(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    await Person.filter(id=cast.zhao.id).update(birth=None)
    await plan(monday, BIRTHDAYS_ONLY)
    assert (await Person.get(id=cast.zhao.id)).next_occasions_from == NOTHING_AHEAD
    assert (await plan(monday, BIRTHDAYS_ONLY)).looked_at == 0


async def test_who_was_gone_and_is_back_is_looked_at_again(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    await Person.filter(id=cast.zhao.id).update(state="moved", next_occasions_from=None)
    await plan(monday, BIRTHDAYS_ONLY)
    await Person.filter(id=cast.zhao.id).update(state="active")
    assert (await plan(monday, BIRTHDAYS_ONLY)).looked_at == 1
    assert (await plan(monday, BIRTHDAYS_ONLY)).looked_at == 0

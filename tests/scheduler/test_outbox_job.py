"""The outbox's knock: it asks the platform only when something is due, and before anything is handed out."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from delivery_cast import post

from delivery.outbox import BULK, ORDINARY, URGENT
from models.people.members import Person
from scheduler.outbox import outbox


class Yard:
    """An engine that only notes, and a courier whose platform is there or not."""

    def __init__(self, *, is_there: bool) -> None:
        self.is_there, self.asked, self.handed = is_there, 0, []
        self.engine = self.courier = self

    async def sweep(self, now=None) -> int:
        return 0

    async def is_reachable(self) -> bool:
        self.asked += 1
        assert not self.handed
        return self.is_there

    async def hand_out(self, work) -> None:
        self.handed += [one.urgency for one in work]


def deps(yard: Yard) -> SimpleNamespace:
    return SimpleNamespace(engine=yard, courier=yard)


async def test_an_idle_house_asks_the_platform_nothing(db, monday):
    yard = Yard(is_there=True)
    assert await outbox.run(monday, deps(yard)) == {"swept": 0, "due": 0}
    assert yard.asked == 0


@pytest.mark.parametrize(
    ("is_there", "handed"), [(True, [URGENT, ORDINARY, BULK]), (False, [URGENT])], ids=["there", "away"]
)
async def test_while_the_platform_is_away_only_the_urgent_are_tried(db, monday, is_there, handed):
    person = await Person.create(name="somebody")
    for urgency in (BULK, ORDINARY, URGENT):
        await post(person, monday, once=f"u{urgency}", urgency=urgency)
    yard = Yard(is_there=is_there)
    assert await outbox.run(monday, deps(yard)) == {"swept": 0, "due": len(handed)}
    assert (yard.handed, yard.asked) == (handed, 1)

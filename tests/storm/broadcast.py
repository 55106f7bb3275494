"""A notice to a hundred thousand people under repeated SIGKILL: one row for everybody, in constant memory (R15)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from models.database import transaction
from models.outreach.notices import Broadcast, Notice
from models.people.members import Person
from models.people.organisation import Organisation
from tests.storm.scene import Scene, rows, step_clock, town_now, until

MOST_MEBIBYTES = 300
NEVER = date(2999, 1, 1)
_AT_ONCE = 2000
_NEXT_KNOCK = 61
_SECONDS = 1800.0


async def r15_broadcast(scene: Scene) -> str:
    """Killed at rows nobody chose, taken up where the mark stands: nobody is left out, nobody has two."""
    many, kills = scene.of(3000, 100_000), scene.of(1, 5)
    people = await _people(scene, many)
    broadcast = await _scheduled(scene)
    marks = sorted(scene.chance.sample(range(many // 20, many * 9 // 10), kills))
    step_clock(scene.town, _NEXT_KNOCK)
    memory = 0.0
    for mark in marks:
        await until(lambda mark=mark: _has(scene, broadcast, mark), _SECONDS, f"{mark} rows")
        memory = max(memory, _peak(scene))
        await scene.town.kill()
        await scene.town.start()
        step_clock(scene.town, _NEXT_KNOCK)
    await until(lambda: _is_spread(scene, broadcast), _SECONDS, "the end of the broadcast")
    memory = max(memory, _peak(scene))
    async with rows(scene.town):
        got = await Notice.filter(broadcast_id=broadcast).values_list("person_id", flat=True)
    assert len(got) == len(set(got)), f"{len(got) - len(set(got))} have two rows"
    assert people <= set(got), f"{len(people - set(got))} of {many} were left out"
    assert memory <= MOST_MEBIBYTES, f"{memory:.0f} MiB"
    return f"{many} people, {kills} kills: one row each, {memory:.0f} MiB at most"


async def _people(scene: Scene, many: int) -> set[int]:
    """So many more members of the community; nobody of them has an account."""
    async with rows(scene.town):
        place = await Organisation.get(key="guihua")
        for first in range(0, many, _AT_ONCE):
            some = range(first, min(many, first + _AT_ONCE))
            async with transaction():
                await Person.bulk_create([_member(number, place.id) for number in some])
        found = await Person.filter(community_id=place.id, key__isnull=True, name__startswith="众").values_list("id")
    return {one[0] for one in found}


def _member(number: int, community: int) -> Person:
    """Looked at by the planner in the year 2999: it is the broadcast that is tested."""
    return Person(name=f"众{number}", community_id=community, next_occasions_from=NEVER)


async def _scheduled(scene: Scene) -> int:
    async with rows(scene.town):
        author, place = await Person.get(name="周五常"), await Organisation.get(key="guihua")
        now = town_now(scene.town)
        async with transaction():
            row = await Broadcast.create(
                author_id=author.id, organisation_id=place.id, text="明天上午停水，请提前接好水。",
                audience={}, state="scheduled", created_at=now, send_at=now,
            )  # fmt: skip
    return row.id


async def _has(scene: Scene, broadcast: int, mark: int) -> bool:
    async with rows(scene.town):
        return await Notice.filter(broadcast_id=broadcast).count() >= mark


async def _is_spread(scene: Scene, broadcast: int) -> bool:
    async with rows(scene.town):
        return await Broadcast.exists(id=broadcast, state="spread")


def _peak(scene: Scene) -> float:
    """The most memory any process of the service has held, in MiB."""
    lines = [Path(f"/proc/{one.pid}/status").read_text("ascii") for one in scene.town.service]
    peaks = [line.split()[1] for text in lines for line in text.splitlines() if line.startswith("VmHWM")]
    return max(map(int, peaks)) / 1024

"""The engine: finds who has to hear of what, tells each person once and the level below that it rose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol

import structlog

from delivery.outbox import Letter, post_notice, to_person
from kit.clock import at_local, local_day
from models.county.escalation import RiseStep
from models.people.members import Person
from services.county.escalation.ladders import Ladder, Level
from services.people import access
from services.people.access.chains import Place

log = structlog.get_logger()

_MIDDAY = time(10)
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Step:
    """One rung that stands now: matters of `kind` due by `until` that heard `number` - 1 levels rise to `level`."""

    kind: str
    number: int
    level: Level
    until: datetime


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing undone: its row, whom it concerns, where that person belongs, whose it was, who must not be told."""

    id: int
    subject_id: int | None
    place: Place
    holder_id: int | None = None
    not_to: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """The matters of one step that one person hears of, in one notice."""

    step: Step
    recipient: int
    matters: tuple[Matter, ...]


class Rising(Protocol):
    """What a capability brings: a name for its matters, its steps, its rows and its words."""

    @property
    def name(self) -> str:
        """`visit`: with the row's id it names a matter for good (`visit:17`)."""

    async def steps(self, now: datetime) -> list[Step]:
        """Every step on which something may stand at `now`, the lowest first."""

    async def standing(self, step: Step, ids: Collection[int] | None = None) -> list[Matter]:
        """The open matters on this step, or those of `ids` that still are."""

    async def mark(self, ids: Collection[int], step: Step) -> None:
        """Write down that these have taken the step."""

    async def letter(self, ids: Sequence[int], step: Step) -> Letter:
        """What the next level is told of these."""

    async def letter_below(self, ids: Sequence[int], step: Step) -> Letter | None:
        """What whoever had them so far is told; None where that needs no word."""


def steps_of(kind: str, ladder: Ladder, now: datetime) -> list[Step]:
    """The steps of one kind that stand at `now`."""
    return [
        Step(kind, number, rung.level, ladder.until(rung, now)) for number, rung in enumerate(ladder.rungs, start=1)
    ]


async def due(rising: Rising, *, now: datetime) -> list[Telling]:
    """Who has to hear of what now; after an outage the next step follows when this one has been told."""
    chains = access.Chains(local_day(now))
    found: list[Telling] = []
    for step in await rising.steps(now):
        matters = await rising.standing(step)
        await chains.learn({matter.place for matter in matters})
        by_person: dict[int, list[Matter]] = defaultdict(list)
        for matter in matters:
            if (person := await _named(chains, matter, step.level, now)) is None:
                log.warning("escalation.nobody_to_tell", kind=step.kind, level=step.level)
            else:
                by_person[person].append(matter)
        for person, some in by_person.items():
            found += [Telling(step, person, tuple(part)) for part in _parts(some)]
    return found


async def tell(rising: Rising, telling: Telling, *, now: datetime) -> int:
    """Tell one person, keep that it was told and to whom, and tell the level below; how many rose. Safe to repeat."""
    step, ids = telling.step, [matter.id for matter in telling.matters]
    matters = await rising.standing(step, ids)
    ids = [matter.id for matter in matters]
    if not ids:
        return 0
    letter = await rising.letter(ids, step)
    await post_notice(to_person(telling.recipient), letter, once=_once(rising, ids, step, telling.recipient), now=now)
    await _tell_below(rising, telling, matters, now)
    told = {"level": step.level, "person_id": telling.recipient, "told_at": now}
    rows = [RiseStep(matter=f"{rising.name}:{one}", **told) for one in ids]
    await RiseStep.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    await rising.mark(ids, step)
    log.info(f"{rising.name}.escalated", level=step.level, count=len(ids))
    return len(ids)


async def story_of(matter: str) -> list[RiseStep]:
    """Who was told of the matter and when, the first first."""
    return await RiseStep.filter(matter=matter).order_by("id")


async def has_heard(person_id: int, matter: str) -> bool:
    """Whether this person was told of the matter; who was may take it over."""
    return await RiseStep.filter(matter=matter, person_id=person_id).exists()


async def heard_by(person_id: int, name: str) -> list[int]:
    """The ids of the matters of this name that this person was told of."""
    rows = RiseStep.filter(person_id=person_id, matter__startswith=f"{name}:")
    return [int(str(one).partition(":")[2]) for one in await rows.values_list("matter", flat=True)]


async def _named(chains: access.Chains, matter: Matter, level: Level, now: datetime) -> int | None:
    """The named person of the level or of the next one above; else whoever is responsible for the place."""
    not_to = {*matter.not_to, *([matter.subject_id] if matter.subject_id else [])}
    if (head := chains.head(matter.place, level, but=not_to)) is not None:
        return head
    anyone = Person(id=matter.subject_id or 0, branch_id=matter.place[0], community_id=matter.place[1])
    anybody = await access.responsible(anyone, at_local(local_day(now), _MIDDAY), True)
    return anybody.id if anybody and anybody.id not in not_to else None


async def _tell_below(rising: Rising, telling: Telling, matters: Sequence[Matter], now: datetime) -> None:
    """Whoever had it so far sees that it rose; one notice a person."""
    for person, ids in (await _below(rising, telling.step, matters)).items():
        if person == telling.recipient:
            continue
        letter = await rising.letter_below(ids, telling.step)
        if letter is not None:
            once = _once(rising, ids, telling.step, person) + ":below"
            await post_notice(to_person(person), letter, once=once, now=now)


async def _below(rising: Rising, step: Step, matters: Sequence[Matter]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    if step.number == 1:
        for matter in matters:
            if matter.holder_id is not None:
                found[matter.holder_id].append(matter.id)
        return found
    names = {f"{rising.name}:{matter.id}": matter.id for matter in matters}
    last: dict[int, int] = {}
    for row in await RiseStep.filter(matter__in=list(names)).order_by("id"):
        last[names[row.matter]] = row.person_id
    for matter_id, person in last.items():
        found[person].append(matter_id)
    return found


def _once(rising: Rising, ids: Sequence[int], step: Step, person: int) -> str:
    if len(ids) == 1:
        return f"{rising.name}:{ids[0]}:rise:{step.level}"
    return f"{rising.name}s:{person}:rise:{step.level}:{ids[0]}:{len(ids)}"


def _parts(matters: Sequence[Matter]) -> list[Sequence[Matter]]:
    """Some at a time: a statement takes so many numbers and no more."""
    return [matters[at : at + _AT_ONCE] for at in range(0, len(matters), _AT_ONCE)]

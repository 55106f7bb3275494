"""The second person (第二人) for what reaches far: who may agree, who is asked, when it is over (promise X16)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from delivery import waiting
from delivery.outbox import Letter, post_notice, to_person
from kit.clock import local_day
from models.people.members import Person
from models.people.organisation import Organisation
from services.people import access, organisation


async def second_persons(place: Organisation, author_id: int, *, now: datetime) -> list[Person]:
    """Who may agree: secretaries and workers of the same place, else of the nearest one above, or their deputies."""
    today = local_day(now)
    for near in await organisation.up_the_tree(place):
        held = await organisation.holders(near, (*organisation.SECRETARIES, *organisation.WORKERS), today)
        present = [await access.present(one, today) for one in held if one.id != author_id]
        others = {one.id: one for one in present if one.id != author_id}
        if others:
            return list(others.values())
    return []


def may_agree(person: Person, reach: access.Reach, place: Organisation, *, author_id: int, asked: Collection[int],
              action: access.Action) -> bool:  # fmt: skip
    """Whether this is somebody else than the author who was asked, or who may do the same there themselves."""
    if person.id == author_id:
        return False
    return person.id in asked or any(place.path.startswith(path) for path in reach.paths(action, "subtree"))


async def ask(seconds: Sequence[Person], letter: Letter, *, key: str, now: datetime) -> None:
    """Each of them is asked; `key` is the business key under which all of them are."""
    for one in seconds:
        await post_notice(to_person(one), letter, once=f"{key}:{one.id}", now=now)


async def close(key: str, now: datetime) -> None:
    """It is decided: nobody else is asked any more, and a digit to what was asked answers nothing."""
    await waiting.cancel(key, now)
    await waiting.answered_elsewhere(key, now)

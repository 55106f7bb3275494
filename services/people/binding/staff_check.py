"""Binding by name and the last four digits of the telephone: a named person checks it."""

from __future__ import annotations

from datetime import datetime

from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.errors import Refusal
from models.help.wishes import Wish
from models.people.members import Person
from services.people.access import Reach, require, responsible
from services.people.binding.ties import bind, community_or_root, tell_account
from services.people.members import named
from texts import render

KIND = "binding"
_TAIL = 4


async def ask_staff(openid: str, name: str, tail: str, *, now: datetime, is_workday: bool) -> Wish:
    """Put the wish to be bound on a named person's list; the answer is the same whether anybody fits.

    One open wish an account: asking again changes what it says.
    """
    person = await _only_fit(name, tail)
    target = person or await community_or_root(openid)
    keeper = await responsible(target, now, is_workday)
    said = {
        "person_id": person.id if person else None,
        "words": f"{name.strip()} {tail.strip()}",
        "keeper_id": keeper.id if keeper else None,
        "made_at": now,
    }
    wish, _ = await Wish.update_or_create(said, openid=openid, kind=KIND, state="open")
    if keeper is not None:
        await _tell_keeper(wish, keeper, now)
    return wish


async def _tell_keeper(wish: Wish, keeper: Person, now: datetime) -> None:
    """Once a wish, and without a name: whether it is who it says is what has to be checked."""
    asked = Asked(render("wishes.ask_label"), "wishes.open_one", {"wish": wish.id})
    letter = Letter("wishes.new_stranger", topic="work", asks=(asked,))
    await post_notice(to_person(keeper), letter, once=f"wish:{wish.id}:new", now=now)


async def confirm(wish: Wish, reach: Reach, *, now: datetime, person: Person | None = None) -> Person:
    """Staff say it is the person (or name another one): the account is bound and told.

    Raises `access.unknown` outside their reach, `binding.already_settled` when somebody was quicker.
    """
    chosen = person or await Person.get_or_none(id=wish.person_id or 0)
    await require(reach, "bind", chosen)
    await _settle(wish, reach, "confirmed", now)
    if chosen is None or wish.openid is None:
        raise Refusal("access.unknown")
    await bind(wish.openid, chosen, how="staff", now=now)
    await tell_account(wish.openid, "binding.checked", once=f"binding_check:{wish.id}", now=now)
    return chosen


async def decline(wish: Wish, reach: Reach, *, now: datetime) -> None:
    """Staff say it is somebody else; raises as `confirm` does."""
    if wish.keeper_id != reach.person_id:
        await require(reach, "bind", await Person.get_or_none(id=wish.person_id or 0))
    await _settle(wish, reach, "declined", now)


async def _settle(wish: Wish, reach: Reach, result: str, now: datetime) -> None:
    settled = {"state": "settled", "result": result, "settled_at": now, "settled_by_id": reach.person_id}
    if not await Wish.filter(id=wish.id, state="open").update(**settled):
        raise Refusal("binding.already_settled")


async def _only_fit(name: str, tail: str) -> Person | None:
    fitting = [person for person in await named(name) if (person.phone or "").endswith(tail.strip())]
    return fitting[0] if len(fitting) == 1 and len(tail.strip()) == _TAIL else None

"""Wishes and calls for a human: each ends on a named person's list, and the member is told whose."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from delivery import waiting
from delivery.outbox import ORDINARY, URGENT, Asked, Letter, post_notice, to_openid, to_person
from kit.clock import local_day
from kit.errors import Refusal
from models.help.wishes import Wish
from models.people.members import Person
from models.people.organisation import Organisation
from services.county import escalation, workdays
from services.county.escalation import LEVELS, Ladder, Matter, Rung, Step, steps_of
from services.people import access, organisation
from texts import render, section

OPEN, SETTLED = "open", "settled"
CALL, ABOUT_NOTICE = "talk_to_secretary", "about_notice"
_WORDS_KEPT = 300


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wishes: an account, the person it speaks for if known, and the place it once scanned."""

    openid: str
    person: Person | None = None
    place: Organisation | None = None

    @property
    def about(self) -> Person | Organisation | None:
        """What the named person is looked up for."""
        return self.person or self.place


@dataclass(frozen=True, slots=True)
class Kept:
    """A wish on somebody's list. `keeper` is None only in a house that knows nobody at all; then `phone` helps."""

    wish: Wish
    keeper: Person | None
    phone: str | None


async def place_of(person: Person | None, scanned_id: int | None) -> Organisation | None:
    """The community that counts for an account: the person's own, else the one once scanned, else the county."""
    if person is not None:
        return await organisation.community_of(person) or await organisation.branch_of(person)
    if scanned_id is not None:
        return await Organisation.get_or_none(id=scanned_id)
    return await organisation.root()


async def keep(
    kind: str,
    asking: Asking,
    *,
    now: datetime,
    words: str | None = None,
    media_id: str | None = None,
    keeper: Person | None = None,
) -> Kept:
    """Put a wish on the list of whoever looks after this person or place, or of `keeper`, and tell that person.

    The push names who asks but never what for (promise V12): that is read in answer to a digit. A call for a human
    that still waits is joined by the next one of the same account: nobody's telephone rings for each (promise X17).
    """
    if kind == CALL and (waiting_call := await _call_of(asking.openid, words)) is not None:
        keeper = await Person.get_or_none(id=waiting_call.keeper_id) if waiting_call.keeper_id else None
        return Kept(waiting_call, keeper, await organisation.phone_of(asking.place) if asking.place else None)
    keeper = keeper or await _near(asking, now)
    wish = await Wish.create(
        kind=kind,
        openid=asking.openid,
        person_id=asking.person.id if asking.person else None,
        organisation_id=asking.place.id if asking.place else None,
        words=words,
        media_id=media_id,
        keeper_id=keeper.id if keeper else None,
        made_at=now,
    )
    if keeper:
        await _tell_keeper(wish, asking, keeper, now)
    phone = await organisation.phone_of(asking.place) if asking.place else None
    return Kept(wish, keeper, phone)


async def _near(asking: Asking, now: datetime) -> Person | None:
    is_workday = await workdays.is_workday(local_day(now))
    if asking.person is not None:
        return await access.keeper_for(asking.person, now, is_workday)
    return await access.responsible(asking.place, now, is_workday)


async def _call_of(openid: str, words: str | None) -> Wish | None:
    """The call for a human of this account that nobody has settled yet, with what was said since."""
    wish = await Wish.filter(openid=openid, kind=CALL, state=OPEN).order_by("-id").first()
    if wish is not None and words and words not in (wish.words or ""):
        wish.words = f"{wish.words or ''}\n{words}"[-_WORDS_KEPT:].strip()
        await wish.save(update_fields=["words"])
    return wish


async def _tell_keeper(wish: Wish, asking: Asking, keeper: Person, now: datetime) -> None:
    say = "wishes.new_named" if asking.person else "wishes.new_stranger"
    letter = Letter(
        say,
        {"name": asking.person.name} if asking.person else {},
        topic="work",
        urgency=URGENT if wish.kind == CALL else ORDINARY,
        asks=(Asked(render("wishes.ask_label"), "wishes.open_one", {"wish": wish.id}),),
    )
    await post_notice(to_person(keeper), letter, once=f"wish:{wish.id}:new", now=now)


async def list_of(keeper: Person, limit: int = 5) -> list[Wish]:
    """What waits on this person's list, the oldest first; what rose to them too."""
    return await (await _on_the_list_of(keeper)).order_by("made_at", "id").limit(limit)


async def count_of(keeper: Person) -> int:
    """How much waits on this person's list."""
    return await (await _on_the_list_of(keeper)).count()


async def _on_the_list_of(keeper: Person) -> QuerySet[Wish]:
    told = await escalation.heard_by(keeper.id, "wish")
    return Wish.filter(Q(keeper_id=keeper.id) | Q(id__in=told), state=OPEN)


async def one_of(wish_id: int, keeper: Person) -> Wish:
    """One wish of this person's list, or one that rose to them; raises `access.unknown` for anybody else's."""
    wish = await Wish.get_or_none(id=wish_id)
    if wish is None or not (wish.keeper_id == keeper.id or await escalation.has_heard(keeper.id, f"wish:{wish.id}")):
        raise Refusal("access.unknown")
    return wish


async def who_wished(wish: Wish) -> Person | None:
    """The person a wish concerns, where one is known."""
    return await Person.get_or_none(id=wish.person_id) if wish.person_id else None


async def settle(wish: Wish, *, by: Person, result: str, now: datetime, answer: str = "") -> None:
    """The keeper has seen to it; `result` is `done` or `passed_on`, `answer` what the asker reads. Raises
    `wishes.settled`."""
    changed = await Wish.filter(id=wish.id, state=OPEN).update(
        state=SETTLED, result=result, settled_at=now, settled_by_id=by.id
    )
    if not changed:
        raise Refusal("wishes.settled")
    if wish.openid and result == "done" and wish.kind not in _UNANSWERED:
        said = {"name": by.name, "words": answer}
        letter = Letter("wishes.reply" if answer else "wishes.answered", said, in_reply=True)
        once = f"wish:{wish.id}:settled:{int(now.timestamp())}"
        await post_notice(to_openid(wish.openid), letter, once=once, now=now)


_UNANSWERED = ("parked",)


async def take_back(wish_id: int, *, now: datetime) -> None:
    """Open a settled wish again: it was the wrong one. What was not sent of it yet stays here."""
    await waiting.cancel(f"wish:{wish_id}:settled", now)
    await Wish.filter(id=wish_id).update(state=OPEN, result=None, settled_at=None, settled_by_id=None)


async def withdraw(wish_id: int, openid: str) -> bool:
    """The member takes the wish back; whether it was still open."""
    return bool(await Wish.filter(id=wish_id, openid=openid, state=OPEN).update(state="withdrawn"))


async def phone_for(person: Person | None, scanned_id: int | None) -> str | None:
    """The number a reply names for this account: its community's, else that of the place above."""
    place = await place_of(person, scanned_id)
    return await organisation.phone_of(place) if place else None


@dataclass(frozen=True, slots=True)
class WishRising:
    """What a wish nobody has settled brings to the engine that lets things rise."""

    hours: tuple[int, int, int, int]

    @property
    def name(self) -> str:
        """Names a matter together with the wish's id."""
        return "wish"

    async def steps(self, now: datetime) -> list[Step]:
        """The four levels."""
        rungs = tuple(Rung(hours, level) for hours, level in zip(self.hours, LEVELS, strict=True))
        return steps_of("wish", Ladder(rungs, "hours"), now)

    async def standing(self, step: Step, ids: Collection[int] | None = None) -> list[Matter]:
        """Open wishes of that age that took the step before; what is only to be told rises by the delivery ladder."""
        rows = Wish.filter(state=OPEN, made_at__lte=step.until, risen_to=step.number - 1).exclude(kind__in=_UNANSWERED)
        wishes = await (rows if ids is None else rows.filter(id__in=list(ids))).order_by("made_at", "id")
        people = {one.id: one for one in await Person.filter(id__in={wish.person_id for wish in wishes})}
        return [_matter(wish, people.get(wish.person_id or 0)) for wish in wishes]

    async def mark(self, ids: Collection[int], step: Step) -> None:
        """They have taken the step."""
        await Wish.filter(id__in=list(ids), state=OPEN).update(risen_to=step.number)

    async def letter(self, ids: Sequence[int], step: Step) -> Letter:
        """How many wait; whose and what is read in answer to a digit."""
        do, args = ("wishes.open_one", {"wish": ids[0]}) if len(ids) == 1 else ("wishes.mine", {})
        asks = (Asked(render("wishes.ask_label"), do, args),)
        return Letter("wishes.overdue", {"count": len(ids)}, topic="work", asks=asks)

    async def letter_below(self, ids: Sequence[int], step: Step) -> Letter | None:
        """That somebody else was asked as well, and why."""
        facts = {"level": section("visits", "levels")[step.level], "count": len(ids)}
        return Letter("wishes.rose", facts, topic="work")


def _matter(wish: Wish, person: Person | None) -> Matter:
    place = (person.branch_id, person.community_id) if person else (None, wish.organisation_id)
    return Matter(wish.id, wish.person_id, place, wish.keeper_id)

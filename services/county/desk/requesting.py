"""An export on its way: asked for, agreed to, cancelled in its window, ready for a day (promise X16)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import texts
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import at_local, local_day
from kit.county import NoticeNumbers
from kit.errors import Refusal
from models.people.exports import ExportRequest
from models.people.members import Person
from models.people.organisation import Organisation
from services.county import seconds
from services.county.desk import scope
from services.county.desk.exporting import count_to_export
from services.people import access, audit, looks

NEEDS_SECOND, SCHEDULED, CANCELLED = "needs_second", "scheduled", "cancelled"
LIFE = timedelta(days=1)
"""How long a request may be agreed to, and how long the table may be fetched."""
_LISTED = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants as a table, and why."""

    form: str
    reason: str
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One request as the page shows it: who asked, and what whoever looks may do about it."""

    row: ExportRequest
    author: str
    is_mine: bool
    may_agree: bool
    is_ready: bool


async def ask_for_export(
    wanted: Wanted, author: Person, reach: access.Reach, *, is_fresh: bool, now: datetime, numbers: NoticeNumbers
) -> ExportRequest:
    """After a fresh login the window to cancel begins; without one a second person is asked.

    Raises `looks.reason_wanted`, `exports.too_many`, `access.unknown` for somebody without the right, and
    `console.fresh_wanted` where nobody else could agree.
    """
    if len(wanted.reason.strip()) < looks.SHORTEST_REASON:
        raise Refusal("looks.reason_wanted")
    await _require_room(author, now, numbers.exports_per_day)
    place, count = await _office(reach), await count_to_export(reach, is_private=wanted.is_private)
    asked = [] if is_fresh else await seconds.second_persons(place, author.id, now=now)
    if not is_fresh and not asked:
        raise Refusal("console.fresh_wanted")
    row = await ExportRequest.create(
        author_id=author.id, organisation_id=place.id, form=wanted.form, is_private=wanted.is_private,
        reason=wanted.reason.strip()[:100], counted=count, state=NEEDS_SECOND if asked else SCHEDULED,
        asked=[one.id for one in asked], created_at=now, ready_at=None if asked else _ready_at(now, numbers),
    )  # fmt: skip
    await audit.note(audit.by_person(author), f"export.{row.state}", now=now, subject=_name(row), reason=row.reason,
                     count=count, private=row.is_private)  # fmt: skip
    await _ask(row, author, asked, now)
    return row


async def _require_room(author: Person, now: datetime, limit: int) -> None:
    midnight = at_local(local_day(now), time())
    if await ExportRequest.filter(author_id=author.id, created_at__gte=midnight).count() >= limit:
        raise Refusal("exports.too_many", limit=limit)


async def _office(reach: access.Reach) -> Organisation:
    """The author's nearest office that reads names."""
    paths = sorted(reach.paths("see_name", "subtree"), key=len, reverse=True)
    if not paths:
        raise Refusal("access.unknown")
    return await Organisation.get(id=int(paths[0].strip("/").rpartition("/")[2]))


def _ready_at(now: datetime, numbers: NoticeNumbers) -> datetime:
    return now + timedelta(minutes=numbers.cancel_minutes)


async def _ask(row: ExportRequest, author: Person, asked: Sequence[Person], now: datetime) -> None:
    key = "exports.to_approve_private" if row.is_private else "exports.to_approve"
    asks = (
        Asked(texts.render("exports.agree"), "exports.agree", {"request": row.id}),
        Asked(texts.render("exports.refuse"), "exports.refuse", {"request": row.id}),
    )
    facts = {"name": author.name, "count": row.counted, "reason": row.reason[:20]}
    await seconds.ask(asked, Letter(key, facts, topic="work", asks=asks), key=_asked_under(row), now=now)


async def agree_to_export(
    number: int, second: Person, reach: access.Reach, *, now: datetime, numbers: NoticeNumbers
) -> ExportRequest:
    """The second person's yes: the window begins, and the author hears of it."""
    row = await _to_agree(number, second, reach, now)
    await _move(row, (NEEDS_SECOND,), SCHEDULED, approved_by_id=second.id, ready_at=_ready_at(now, numbers))
    await _decided(row, second, "export.approved", "exports.agreed", now)
    return row


async def refuse_export(number: int, second: Person, reach: access.Reach, *, now: datetime) -> ExportRequest:
    """The second person's no: nothing leaves, and the author hears by whom."""
    row = await _to_agree(number, second, reach, now)
    await _move(row, (NEEDS_SECOND,), CANCELLED)
    await _decided(row, second, "export.refused", "exports.refused", now)
    return row


async def _decided(row: ExportRequest, second: Person, deed: str, say: str, now: datetime) -> None:
    await seconds.close(_asked_under(row), now)
    await audit.note(audit.by_person(second), deed, now=now, subject=_name(row))
    letter = Letter(say, {"name": second.name}, topic="work")
    await post_notice(to_person(row.author_id), letter, once=f"{_name(row)}:{row.state}", now=now)


async def cancel_export(number: int, person: Person, *, now: datetime) -> None:
    """Its author, or who agreed to it, takes it back before it is ready; raises `exports.too_late`."""
    row = await ExportRequest.get_or_none(id=number)
    if row is None or person.id not in (row.author_id, row.approved_by_id):
        raise Refusal("access.unknown")
    if row.ready_at is not None and row.ready_at <= now:
        raise Refusal("exports.too_late")
    await _move(row, (NEEDS_SECOND, SCHEDULED), CANCELLED)
    await seconds.close(_asked_under(row), now)
    await audit.note(audit.by_person(person), "export.cancelled", now=now, subject=_name(row))


async def ready_export(number: int, author: Person, *, now: datetime) -> ExportRequest:
    """One's own request whose window is over; raises `access.unknown`, `exports.not_ready`, `exports.over`."""
    row = await ExportRequest.get_or_none(id=number, author_id=author.id, state=SCHEDULED)
    if row is None or row.ready_at is None:
        raise Refusal("access.unknown")
    if now < row.ready_at:
        raise Refusal("exports.not_ready")
    if now - row.ready_at > LIFE:
        raise Refusal("exports.over")
    return row


async def exports_here(person: Person, reach: access.Reach, *, now: datetime) -> list[Listed]:
    """The last requests of the own subtree that still matter, newest first."""
    places = access.visible(reach, Organisation.all(), "see_name")
    ids = await places.values_list("id", flat=True)
    rows = ExportRequest.filter(organisation_id__in=ids, created_at__gte=now - 2 * LIFE).order_by("-id")
    found = await rows.limit(_LISTED)
    names = await scope.names([row.author_id for row in found])
    at = {place.id: place for place in await Organisation.filter(id__in=[row.organisation_id for row in found])}
    agreeing = {row.id for row in found if _may_agree(row, person, reach, at[row.organisation_id])}
    return [_listed(row, names.get(row.author_id, ""), person.id, agreeing, now) for row in found]


def _listed(row: ExportRequest, author: str, looking: int, agreeing: Collection[int], now: datetime) -> Listed:
    waits = row.state == NEEDS_SECOND and now - row.created_at <= LIFE
    is_ready = row.state == SCHEDULED and row.ready_at is not None and row.ready_at <= now <= row.ready_at + LIFE
    return Listed(row, author, row.author_id == looking, waits and row.id in agreeing, is_ready)


def _may_agree(row: ExportRequest, person: Person, reach: access.Reach, at: Organisation) -> bool:
    return seconds.may_agree(person, reach, at, author_id=row.author_id, asked=row.asked or (), action="broadcast")


async def _to_agree(number: int, person: Person, reach: access.Reach, now: datetime) -> ExportRequest:
    row = await ExportRequest.get_or_none(id=number)
    place = await Organisation.get_or_none(id=row.organisation_id) if row else None
    if row is None or place is None or not _may_agree(row, person, reach, place):
        raise Refusal("access.unknown")
    if row.state != NEEDS_SECOND or now - row.created_at > LIFE:
        raise Refusal("exports.settled")
    return row


async def _move(row: ExportRequest, before: Sequence[str], state: str, **values: object) -> None:
    """One conditional UPDATE, so that two answers never both count."""
    changes = {"state": state, **values}
    if not await ExportRequest.filter(id=row.id, state__in=list(before)).update(**changes):
        raise Refusal("exports.settled")
    row.update_from_dict(changes)


def _name(row: ExportRequest) -> str:
    return f"export:{row.id}"


def _asked_under(row: ExportRequest) -> str:
    """The business key under which all second persons are asked."""
    return f"{_name(row)}:approve"

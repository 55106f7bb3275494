"""Paper slips (绑定条): personal, four digits plus the full name or a QR code, single use (decision 1)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kit.clock import local_day
from kit.county import BindingNumbers
from kit.errors import Refusal
from models.columns import blind
from models.people.accounts import Account, Binding, BindingSlip, SlipTry
from models.people.members import Person
from models.people.organisation import Organisation
from services.people.binding.ties import bind
from services.people.members import ACTIVE, in_subtrees, plain_name
from services.people.organisation import community_of

_CODES = 10_000
_USED_AT_MOST = 9_000


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """What stands on the paper; it is handed out once and kept nowhere."""

    person_id: int
    name: str
    code: str
    scene: str
    until: date


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of four digits and a name: the person bound, or how many more tries there are today."""

    person: Person | None
    tries_left: int


async def make_slips(
    community: Organisation,
    *,
    now: datetime,
    policy: BindingNumbers,
    persons: Sequence[Person] | None = None,
) -> list[PrintedSlip]:
    """One slip for each of `persons`, or for everybody of the community not bound yet.

    A person's older slip is void. Only fingerprints are stored. Raises `binding.slips_full` when four digits
    do not suffice.
    """
    chosen = list(persons) if persons is not None else await _not_bound(community)
    await BindingSlip.usable(now).filter(person_id__in=[person.id for person in chosen]).update(expires_at=now)
    rows = await BindingSlip.usable(now).filter(community_id=community.id)
    taken = {str(row.code_index) for row in rows}
    if len(taken) + len(chosen) > _USED_AT_MOST:
        raise Refusal("binding.slips_full")
    until = now + timedelta(days=policy.slip_days)
    slips = [_slip(person, taken, until) for person in chosen]
    await BindingSlip.bulk_create([_row(slip, community, now, until) for slip in slips])
    return slips


async def bind_by_slip(openid: str, code: str, name: str, *, now: datetime, policy: BindingNumbers) -> Tried:
    """Bind by the four digits and the full name.

    A wrong try is an answer and not a refusal, since its count has to stay. Raises `binding.by_staff` when
    the account's or the community's tries of the day are used up.
    """
    today = local_day(now)
    tried = await SlipTry.filter(openid=openid, day=today).count()
    if tried >= policy.tries_per_account:
        raise Refusal("binding.by_staff")
    slip = await _fitting_slip(openid, code, name, now)
    community_id = slip.community_id if slip else await _aimed_at(name)
    if await _is_locked(community_id, today, policy):
        raise Refusal("binding.by_staff")
    if slip is None:
        await SlipTry.create(openid=openid, community_id=community_id, day=today)
        return Tried(None, policy.tries_per_account - tried - 1)
    return Tried(await _spend(slip, openid, now), policy.tries_per_account - tried)


async def bind_by_scene(openid: str, scene: str, *, now: datetime) -> Person:
    """Bind by the QR code of a slip; `scene` is what stands behind `slip:`. Raises `binding.slip_spent`."""
    slip = await BindingSlip.usable(now).filter(scene=_scene_index(scene)).select_related("person").first()
    if slip is None:
        raise Refusal("binding.slip_spent")
    return await _spend(slip, openid, now)


async def _not_bound(community: Organisation) -> list[Person]:
    taken = {tie.person_id for tie in await Binding.current().filter(relation="self")}
    people = Person.filter(in_subtrees([community.path]), state=ACTIVE).exclude(standing="staff")
    return [person for person in await people.order_by("name", "id") if person.id not in taken]


def _slip(person: Person, taken: set[str], until: datetime) -> PrintedSlip:
    code = f"{secrets.randbelow(_CODES):04}"
    while _code_index(code) in taken or _rings(code):
        code = f"{secrets.randbelow(_CODES):04}"
    taken.add(_code_index(code))
    return PrintedSlip(person.id, person.name, code, secrets.token_hex(16), local_day(until))


def _rings(code: str) -> bool:
    """Whether the digits hold an emergency number: said aloud, they would call for help."""
    return any(number in code for number in ("110", "119", "120"))


def _row(slip: PrintedSlip, community: Organisation, now: datetime, until: datetime) -> BindingSlip:
    return BindingSlip(
        community_id=community.id,
        person_id=slip.person_id,
        code_index=_code_index(slip.code),
        scene=_scene_index(slip.scene),
        made_at=now,
        expires_at=until,
    )


def _code_index(code: str) -> str:
    return blind(code, "slip.code")


def _scene_index(scene: str) -> str:
    # Not the scene itself: who reads the database must not be able to bind.
    return blind(scene, "slip.scene")


async def _fitting_slip(openid: str, code: str, name: str, now: datetime) -> BindingSlip | None:
    """The usable slip with this number and name; of two communities' the one whose poster was scanned."""
    rows = BindingSlip.usable(now).filter(code_index=_code_index(code), person__name=plain_name(name))
    fitting = await rows.filter(person__state=ACTIVE).select_related("person")
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    account = await Account.get_or_none(openid=openid)
    near = [slip for slip in fitting if account and slip.community_id == account.scanned_id]
    return near[0] if len(near) == 1 else None


async def _aimed_at(name: str) -> int | None:
    """The community of whoever the guess aims at, so that many accounts together can't guess for long."""
    person = await Person.filter(name=plain_name(name), state=ACTIVE).order_by("id").first()
    community = await community_of(person) if person else None
    return community.id if community else None


async def _is_locked(community_id: int | None, today: date, policy: BindingNumbers) -> bool:
    if community_id is None:
        return False
    return await SlipTry.filter(community_id=community_id, day=today).count() >= policy.tries_per_community


async def _spend(slip: BindingSlip, openid: str, now: datetime) -> Person:
    # One conditional UPDATE: two phones with one slip can't both win.
    won = await BindingSlip.usable(now).filter(id=slip.id).update(used_at=now, used_by=openid)
    if not won:
        raise Refusal("binding.slip_spent")
    await bind(openid, slip.person, how="slip", now=now)
    return slip.person

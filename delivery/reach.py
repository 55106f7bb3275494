"""Looks up, at the moment of sending, how a recipient can be reached and which named people could tell them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from delivery.policy import DeliveryPolicy, Line, Reach
from kit.clock import at_local, local_day
from models.outbox import pushes_since
from models.outreach.notices import Notice
from models.people.accounts import Account, Binding, Grant
from models.people.members import Consent, Person
from models.people.organisation import Organisation, Role

_LEADERS = ("group_leader", "building_head", "stairwell_liaison")
_SECRETARIES = ("branch_secretary", "deputy_secretary")
_WORKERS = ("community_worker", "township_worker", "county_worker", "administrator", "county_admin")
TELLERS = (*_LEADERS, *_SECRETARIES, *_WORKERS)
"""Offices that may be asked to tell a person something, the nearest to the door first."""


async def reach_of(notice: Notice, now: datetime, policy: DeliveryPolicy) -> Reach:
    """The recipient's accounts with their windows, state, opt-outs and today's pushes."""
    pushes = await _pushes_today(notice, now, policy)
    if notice.person_id is None:
        openid = notice.recipient.removeprefix("openid:")
        return Reach(await _lines([openid], now), pushes=pushes)
    person = await Person.get_or_none(id=notice.person_id)
    if person is None:
        return Reach(state="erased")
    bound = await Binding.current().filter(person_id=person.id).order_by("id").values_list("openid", "relation")
    openids = [openid for openid, _ in sorted(bound, key=lambda pair: pair[1] != "self")]
    state = "withdrawn" if await _has_withdrawn(person.id) else person.state
    opted_out = frozenset(person.opted_out or ())
    return Reach(await _lines(openids, now), state, opted_out, pushes, person.phone or "")


async def _lines(openids: Sequence[str], now: datetime) -> tuple[Line, ...]:
    if not openids:
        return ()
    accounts = {account.openid: account for account in await Account.filter(openid__in=openids)}
    granted = await Grant.filter(openid__in=openids, left__gt=0).values_list("openid", "template_id")
    return tuple(
        Line(
            openid,
            account.follows,
            account.window_until,
            account.allowance,
            frozenset(template for owner, template in granted if owner == openid),
            account.mass_got if account.mass_month == month_of(now) else 0,
        )
        for openid in dict.fromkeys(openids)
        if (account := accounts.get(openid))
    )


def month_of(now: datetime) -> str:
    """The month in which a mass message counts: 2026-11."""
    return f"{local_day(now):%Y-%m}"


async def _has_withdrawn(person_id: int) -> bool:
    """Whether the last word on the basic consent was no."""
    last = await Consent.filter(person_id=person_id, purpose="basic").order_by("-given_at", "-id").first()
    return last is not None and last.withdrawn_at is not None


async def _pushes_today(notice: Notice, now: datetime, policy: DeliveryPolicy) -> tuple[datetime, ...]:
    if notice.in_reply or notice.topic in policy.quiet.exempt:
        return ()
    midnight = at_local(local_day(now), time())
    return tuple(await pushes_since(notice, midnight, sorted(policy.quiet.exempt)))


async def keepers_of(notice: Notice, today: date) -> list[int]:
    """Who should tell the recipient: liaison, group leader, branch secretary, community worker, then upwards.

    Never the recipient; empty only when no office of the tree is filled.
    """
    person = await Person.get_or_none(id=notice.person_id) if notice.person_id else None
    return await keepers_for(person, today, scanned_id=None if person else await _scanned(notice.recipient))


async def keepers_for(person: Person | None, today: date, *, scanned_id: int | None = None) -> list[int]:
    """The same for a person, or for somebody nobody knows who once scanned the code of a place."""
    found: list[int] = []
    if person and person.liaison_id and await is_active(person.liaison_id):
        found.append(person.liaison_id)
    but = person.id if person else None
    places = [person.branch_id, person.community_id] if person else [scanned_id]
    for start in [place for place in places if place is not None]:
        found += await _officers(await _upwards(start), today, but)
    found += await _anybody(today, but)
    return list(dict.fromkeys(found))


async def _scanned(recipient: str) -> int | None:
    account = await Account.get_or_none(openid=recipient.removeprefix("openid:"))
    return account.scanned_id if account else None


async def _upwards(place_id: int) -> list[int]:
    place = await Organisation.get_or_none(id=place_id)
    return place.ancestor_ids if place else []


async def _officers(place_ids: Sequence[int], today: date, but: int | None) -> list[int]:
    """Who holds an office there, the nearest place first, then the office nearest to the door."""
    offices = await Role.held(today).filter(
        organisation_id__in=list(place_ids), role__in=TELLERS, person__state="active"
    ).values_list("organisation_id", "role", "person_id")  # fmt: skip
    order = {place: rank for rank, place in enumerate(place_ids)}
    fitting = sorted((order[place], TELLERS.index(role), person) for place, role, person in offices if person != but)
    return [person for *_, person in fitting]


async def _anybody(today: date, but: int | None) -> list[int]:
    """The person with the highest office of all: a notice never ends without a name."""
    offices = await Role.held(today).filter(role__in=_WORKERS, person__state="active").values_list(
        "organisation__path", "person_id"
    )  # fmt: skip
    fitting = sorted((path.count("/"), person) for path, person in offices if person != but)
    return [fitting[0][1]] if fitting else []


async def is_active(person_id: int) -> bool:
    """Whether somebody is alive and with us."""
    return await Person.filter(id=person_id, state="active").exists()

"""提议: a group leader speaks for somebody of the group; whoever decides sees by whom, and decides (domain §2.22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from kit.errors import Refusal
from models.help.posts import PostHolding
from models.people.check_in import CheckIn
from models.people.members import Person
from services.county import workdays
from services.help.posts.holdings import reviewer_for
from services.help.posts.reviewing import TO_REVIEW
from services.people import access, audit
from services.people.check_in import WAITING
from texts import render

Kind = Literal["holding", "check_in"]


@dataclass(frozen=True, slots=True)
class Waits:
    """Something of the group that waits for a decision: its kind, row, state, and how it is called."""

    kind: Kind
    id: int
    state: str
    name: str
    number: int = 0
    title: str = ""


def may_propose(reach: access.Reach) -> bool:
    """Whether the person speaks for a group, and decides nothing themselves."""
    return bool(reach.paths("propose", "group")) and not reach.is_staff


async def waiting(reach: access.Reach, *, limit: int) -> list[Waits]:
    """What of the group waits and was not proposed yet, never the person's own; posts first."""
    holdings = PostHolding.filter(state__in=TO_REVIEW, proposed_by_id__isnull=True).exclude(person_id=reach.person_id)
    seen = access.visible(reach, holdings, "propose", person="person").order_by("claimed_at", "id")
    found = [_post(row) for row in await seen.limit(limit).prefetch_related("post", "person")]
    arrivals = CheckIn.filter(state__in=WAITING).exclude(person_id=reach.person_id)
    near = access.visible(reach, arrivals, "propose", person="person").order_by("id")
    return [*found, *[_arrival(row) for row in await near.limit(limit).prefetch_related("person")]][:limit]


def _post(row: PostHolding) -> Waits:
    return Waits("holding", row.id, row.state, row.person.name, row.post.number, row.post.title)


def _arrival(row: CheckIn) -> Waits:
    return Waits("check_in", row.id, row.state, row.person.name)


async def propose(kind: Kind, row_id: int, *, by: Person, reach: access.Reach, now: datetime) -> tuple[Waits, Person]:
    """Put it before whoever decides, with the leader's name; what it was and who decides.

    Raises `access.unknown` for what is not the leader's to propose or is settled, `proposals.nobody_decides`.
    """
    found = next((one for one in await waiting(reach, limit=1000) if (one.kind, one.id) == (kind, row_id)), None)
    if found is None:
        raise Refusal("access.unknown")
    reviewer = await (_propose_post if kind == "holding" else _propose_check_in)(found, by, now)
    await audit.note(audit.by_person(by), f"{kind}.proposed", now=now, subject=f"{kind}:{row_id}")
    return found, reviewer


async def _propose_post(found: Waits, by: Person, now: datetime) -> Person:
    row = await PostHolding.get(id=found.id).prefetch_related("post", "person")
    reviewer = await reviewer_for(row.post, row.person, now)
    if reviewer is None or reviewer.id == by.id:
        raise Refusal("proposals.nobody_decides")
    await PostHolding.filter(id=row.id).update(proposed_by_id=by.id)
    args = {"holding": row.id, "state": row.state}
    letter = Letter(
        "proposals.claim" if row.state == "pending" else "proposals.release",
        {"leader": by.name, "name": found.name, "number": found.number, "title": found.title},
        topic="work",
        asks=(
            Asked(render("posts.agree"), "posts.approve", args),
            Asked(render("posts.refuse"), "posts.reject", args),
        ),
    )
    # Beneath the key of the review, so that a decision closes this question too.
    await post_notice(to_person(reviewer), letter, once=f"holding:{row.id}:{row.state}:proposed:{by.id}", now=now)
    return reviewer


async def _propose_check_in(found: Waits, by: Person, now: datetime) -> Person:
    row = await CheckIn.get(id=found.id).prefetch_related("community")
    reviewer = await access.responsible(row.community, now, await workdays.is_workday(local_day(now)))
    if reviewer is None or reviewer.id == by.id:
        raise Refusal("proposals.nobody_decides")
    letter = Letter(
        "proposals.check_in",
        {"leader": by.name, "name": found.name},
        topic="work",
        asks=(Asked(found.name, "check_in.review", {"check_in": row.id}),),
    )
    await post_notice(to_person(reviewer), letter, once=f"check_in:{row.id}:review:proposed:{by.id}", now=now)
    return reviewer


async def proposer_of(holding_id: int) -> str:
    """The name of the leader who spoke for a claim; empty when nobody did."""
    row = await PostHolding.get_or_none(id=holding_id)
    person = await Person.get_or_none(id=row.proposed_by_id) if row and row.proposed_by_id else None
    return person.name if person else ""

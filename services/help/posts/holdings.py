"""The rows of who holds which post: how they change state, and who is told of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from delivery import waiting
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from kit.county import PostNumbers
from kit.errors import Refusal
from models.help.posts import PostHolding, ServicePost
from models.people.members import Person
from models.people.organisation import Organisation
from services.county import workdays
from services.people import access, organisation
from texts import render
from texts.days import spoken_day

PENDING, ACTIVE, PAUSED, RELEASE_PENDING = "pending", "active", "paused", "release_pending"
WAITLISTED, REJECTED, RELEASED = "waitlisted", "rejected", "released"
AGAINST_ADVICE = "against_advice"
"""The reason noted on a claim that only a person may settle."""


async def of_person(holding_id: int, person: Person) -> PostHolding:
    """The person's own holding with its post; raises `access.unknown` for anybody else's."""
    row = await PostHolding.get_or_none(id=holding_id, person_id=person.id).prefetch_related("post", "person")
    if row is None:
        raise Refusal("access.unknown")
    return row


async def move(row: PostHolding, *was: str, **changes: Any) -> None:
    """Change the row if it still stands in one of the states `was`; raises `posts.already_settled` if not."""
    if not await moved(row, *was, **changes):
        raise Refusal("posts.already_settled")


async def moved(row: PostHolding, *was: str, **changes: Any) -> bool:
    """Whether this call was the one that changed the row: one conditional UPDATE."""
    done = await PostHolding.filter(id=row.id, state__in=was).update(**changes)
    if done:
        row.update_from_dict(changes)
    return bool(done)


async def close(row: PostHolding, *was: str, state: str, reason: str, today: date, by: Person | None = None) -> bool:
    """End an open holding; whether this call ended it. The place is not freed yet: see `free_place`."""
    changes: dict[str, Any] = {"state": state, "reason": reason[:100], "open_mark": None, "decide_on": None}
    if row.since:
        changes["until"] = today
    if by is not None:
        changes["decided_by_id"] = by.id
    return await moved(row, *was, **changes)


async def free_place(post: ServicePost, now: datetime, numbers: PostNumbers) -> PostHolding | None:
    """A place is free: it goes to the next on the waiting list, once, who is asked; else back to the post.

    Call it with the post held (`post.hold`), so that two freed places never go to one waiter.
    """
    fresh = await ServicePost.get(id=post.id).prefetch_related("organisation")
    is_over = fresh.status != "open" or (fresh.until is not None and fresh.until < local_day(now))
    if not is_over and fresh.taken <= fresh.slots and (waiter := await _next_waiter(fresh, now, numbers)):
        return waiter
    await fresh.give_place()
    return None


async def hand_out(post: ServicePost, now: datetime, numbers: PostNumbers) -> PostHolding | None:
    """A place that stands free while somebody waits goes to them; nothing if there is no such place."""
    if not await post.take_place():
        return None
    waiter = await _next_waiter(post, now, numbers)
    if waiter is None:
        await post.give_place()
    return waiter


async def next_in_queue(post: ServicePost) -> PostHolding | None:
    """Who waits longest and was offered nothing yet."""
    queue = PostHolding.filter(post_id=post.id, state=WAITLISTED, offered_until__isnull=True, person__state="active")
    return await queue.order_by("claimed_at", "id").prefetch_related("person").first()


async def _next_waiter(post: ServicePost, now: datetime, numbers: PostNumbers) -> PostHolding | None:
    row = await next_in_queue(post)
    if row is None:
        return None
    until = now + timedelta(hours=numbers.offer_hours)
    await PostHolding.filter(id=row.id).update(offered_until=until)
    await _ask_waiter(row, post, now, until)
    return row


async def _ask_waiter(row: PostHolding, post: ServicePost, now: datetime, until: datetime) -> None:
    letter = Letter(
        "posts.place_free",
        {"number": post.number, "title": post.title, "day": spoken_day(local_day(until))},
        topic="posts",
        useful_until=until,
        asks=(
            Asked(render("posts.wanted"), "posts.take_offer", {"holding": row.id}),
            Asked(render("posts.not_wanted"), "posts.decline_offer", {"holding": row.id}),
        ),
    )
    await post_notice(to_person(row.person_id), letter, once=f"holding:{row.id}:offered", now=now)


async def reviewer_for(post: ServicePost, person: Person, now: datetime) -> Person | None:
    """Who reviews this person's claims: the branch's secretary for a branch's post, else the community, else theirs."""
    place = await Organisation.get(id=post.organisation_id)
    today = local_day(now)
    for near, roles in await _offices(place, person):
        for found in await organisation.holders(near, roles, today):
            chosen = await access.present(found, today)
            if chosen.id != person.id:
                return chosen
    return await access.responsible(person, now, await workdays.is_workday(today))


async def _offices(place: Organisation, person: Person) -> list[tuple[Organisation, tuple[str, ...]]]:
    here = await organisation.nearest(place, "branch")
    community = await organisation.nearest(place, "community") or await organisation.community_of(person)
    branch = await organisation.branch_of(person)
    either = (*organisation.WORKERS, *organisation.SECRETARIES)
    steps = [(here, organisation.SECRETARIES), (community, either), (branch, organisation.SECRETARIES)]
    return [(near, roles) for near, roles in steps if near is not None]


async def ask_reviewer(row: PostHolding, reviewer: Person, now: datetime, *, step: int = 0) -> None:
    """Put the claim or the release before the reviewer, to be answered by a digit."""
    say = "posts.to_review" if row.state == PENDING else "posts.release_to_review"
    letter = Letter(
        say,
        {"name": row.person.name, "number": row.post.number, "title": row.post.title},
        topic="work",
        asks=(
            Asked(render("posts.agree"), "posts.approve", {"holding": row.id, "state": row.state}),
            Asked(render("posts.refuse"), "posts.reject", {"holding": row.id, "state": row.state}),
        ),
    )
    await post_notice(to_person(reviewer), letter, once=f"holding:{row.id}:{row.state}:{stamp(now)}:{step}", now=now)


async def close_review(row: PostHolding, now: datetime) -> None:
    """Nothing waits for a review here any more: no other reviewer is asked, and a late digit answers nothing."""
    for state in (PENDING, RELEASE_PENDING):
        await waiting.cancel(f"holding:{row.id}:{state}", now)
        await waiting.answered_elsewhere(f"holding:{row.id}:{state}", now)


async def tell_leader(
    row: PostHolding, say: str, now: datetime, *, unless: Person | None = None, due_at: datetime | None = None
) -> None:
    """Whoever looks after the person's group hears of every change (domain §2.3), not before `due_at`."""
    today = local_day(now)
    leader = await access.keeper_for(row.person, now, await workdays.is_workday(today))
    if leader is None or (unless is not None and leader.id == unless.id):
        return
    letter = Letter(say, {"name": row.person.name, "number": row.post.number, "title": row.post.title}, topic="work")
    await post_notice(to_person(leader), letter, once=f"holding:{row.id}:{say}:{stamp(now)}", now=now, due_at=due_at)


async def tell_person(row: PostHolding, say: str, now: datetime, **facts: object) -> None:
    """Tell the person what became of their post."""
    place = await Organisation.get(id=row.post.organisation_id)
    known = {"number": row.post.number, "title": row.post.title, "phone": await organisation.phone_of(place) or ""}
    letter = Letter(say, known | facts, topic="posts")
    await post_notice(to_person(row.person_id), letter, once=f"holding:{row.id}:{say}:{stamp(now)}", now=now)


def stamp(now: datetime) -> int:
    """Tells two changes of the same kind to one holding apart."""
    return int(now.timestamp())

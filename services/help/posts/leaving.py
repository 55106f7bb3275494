"""退岗: giving a post back, and what moving, death and the end of a term do to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kit.clock import local_day
from kit.county import PostNumbers
from models.help.posts import HOLDING_A_PLACE, PostHolding
from models.people.members import Person
from services.county import workdays
from services.help.posts import naming
from services.help.posts.appraising import ask_at_end_of_term
from services.help.posts.claiming import Claimed, place_in_queue, settles_by_silence, withdraw
from services.help.posts.holdings import (
    ACTIVE,
    PAUSED,
    PENDING,
    RELEASE_PENDING,
    RELEASED,
    WAITLISTED,
    ask_reviewer,
    close,
    close_review,
    move,
    of_person,
    reviewer_for,
    tell_leader,
    tell_person,
)
from services.people import audit


@dataclass(frozen=True, slots=True)
class Held:
    """One line of a person's posts: for 我的事."""

    holding_id: int
    post_id: int
    number: int
    title: str
    state: str
    since: date | None
    until: date | None
    decide_on: date | None
    queue: int
    """The place in the queue of who waits, else 0."""
    paused_until: date | None


async def my_posts(person: Person) -> list[Held]:
    """What the person holds, waits for or has asked for, by post number."""
    rows = await PostHolding.filter(person_id=person.id, open_mark__isnull=False).prefetch_related("post")
    rows.sort(key=lambda row: (row.post.number, row.id))
    return [await _held(row) for row in rows]


def meant_of(held: Sequence[Held], *, number: int | None = None, said: str | None = None) -> list[Held]:
    """Those of a person's posts that a number or a name means; all of them when neither was said."""
    if number is not None:
        return [one for one in held if one.number == number]
    return naming.meant(said, held) if said else list(held)


async def _held(row: PostHolding) -> Held:
    queue = await place_in_queue(row) if row.state == WAITLISTED else 0
    post, until = row.post, row.paused_until if row.state == PAUSED else None
    return Held(
        row.id, row.post_id, post.number, post.title, row.state, row.since, row.until, row.decide_on, queue, until
    )


async def release(holding_id: int, person: Person, *, now: datetime, numbers: PostNumbers) -> Claimed:
    """Ask to give a post back (退岗); reviewed like a claim. What is not given yet is withdrawn at once.

    Raises `posts.already_settled` when the release is already asked for.
    """
    row = await of_person(holding_id, person)
    if row.state in (PENDING, WAITLISTED):
        return Claimed(await withdraw(holding_id, person, now=now, numbers=numbers), None, True)
    decide_on = await workdays.add_workdays(local_day(now), numbers.quiet_approval_days)
    await move(row, ACTIVE, PAUSED, state=RELEASE_PENDING, decide_on=decide_on)
    reviewer = await reviewer_for(row.post, person, now)
    if reviewer is not None:
        await ask_reviewer(row, reviewer, now)
    await audit.note(audit.by_person(person), "post.release_asked", now=now, subject=f"holding:{row.id}")
    return Claimed(row, reviewer, settles_by_silence(row))


async def keep(holding_id: int, person: Person, *, now: datetime) -> PostHolding:
    """Take the wish to leave back; raises `posts.already_settled` once it is granted."""
    row = await of_person(holding_id, person)
    await move(row, RELEASE_PENDING, state=ACTIVE, decide_on=None)
    await close_review(row, now)
    await audit.note(audit.by_person(person), "post.kept", now=now, subject=f"holding:{row.id}")
    return row


async def leave_all(person: Person, now: datetime, *, reason: str = "moved", actor: str = "job:life_events") -> int:
    """Somebody moved or died: every post is free at once and the leader told; how many.

    The next knock offers the places to who waits; until then nobody else gets them. The person is not written to.
    """
    rows = PostHolding.filter(person_id=person.id, open_mark__isnull=False).order_by("post_id")
    left = 0
    for row in await rows.prefetch_related("post", "person"):
        left += await _leave(row, reason, actor, now)
    return left


async def _leave(row: PostHolding, reason: str, actor: str, now: datetime) -> bool:
    await row.post.hold()
    await row.refresh_from_db(fields=["state", "offered_until"])
    was_given = row.state not in (PENDING, WAITLISTED)
    kept_place = row.state in HOLDING_A_PLACE or row.offered_until is not None
    if not await close(row, *HOLDING_A_PLACE, WAITLISTED, state=RELEASED, reason=reason, today=local_day(now)):
        return False
    if kept_place:
        await row.post.give_place()
    await close_review(row, now)
    if was_given:
        await tell_leader(row, "posts.leader_released", now)
    await audit.note(actor, "post.released", now=now, subject=f"holding:{row.id}", reason=reason)
    return True


async def terms_over(now: datetime) -> list[int]:
    """Open holdings whose term ended before today."""
    over = PostHolding.filter(open_mark__isnull=False, until__lt=local_day(now)).order_by("post_id", "id")
    return [row.id for row in await over]


async def end_term(holding_id: int, now: datetime) -> bool:
    """The post is given back with thanks, the leader is told; whether this call ended it."""
    row = await PostHolding.get(id=holding_id).prefetch_related("post", "person")
    if not await _leave(row, "term_ended", "job:posts", now):
        return False
    await tell_person(row, "posts.term_ended", now)
    await ask_at_end_of_term(row, now)
    return True

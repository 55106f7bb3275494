"""认领: a person takes a post on, waits for one, takes or declines the place that came free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from tortoise.expressions import F

from kit.clock import at_local, local_day
from kit.county import PostNumbers
from kit.errors import Refusal
from models.help.posts import HOLDING_A_PLACE, PostHolding, ServicePost
from models.people.members import Person
from services.county import workdays
from services.help.posts.holdings import (
    ACTIVE,
    AGAINST_ADVICE,
    PENDING,
    RELEASED,
    WAITLISTED,
    ask_reviewer,
    close,
    close_review,
    free_place,
    hand_out,
    move,
    next_in_queue,
    of_person,
    reviewer_for,
)
from services.help.posts.offering import advice_for, runs_on
from services.people import audit

_DEFAULTS = PostNumbers()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim that waits for its answer: by whom, and whether silence until `decide_on` agrees."""

    holding: PostHolding
    reviewer: Person | None
    is_quiet: bool


async def claim(
    post: ServicePost, person: Person, *, now: datetime, numbers: PostNumbers, insists: bool = False
) -> Claimed:
    """A person claims a post (认领); it keeps its place while it waits for the review.

    `insists`: the person was told what is advised and chose otherwise; then only a person may settle it.
    Raises `posts.closed`, `posts.full`, `posts.already_held`, `posts.too_many` and `posts.too_often`. A free place
    for which others wait is theirs first. The place is taken first, in one conditional UPDATE, so the edge must take
    the transaction back after a refusal.
    """
    today = local_day(now)
    if not runs_on(post, today):
        raise Refusal("posts.closed", title=post.title)
    if not await post.take_place():
        await _refuse_place(post)
    waiting = await _require_not_held(post, person)
    if (first := await next_in_queue(post)) and first.person_id != person.id:
        raise Refusal("posts.full", number=post.number, title=post.title)
    await _require_moderation(person, now, numbers)
    is_many = await count_held(person) >= numbers.max_posts
    if is_many and not insists:
        raise Refusal("posts.too_many", limit=numbers.max_posts)
    is_advised = not is_many and not advice_for(post, person, today=today, numbers=numbers)
    decide_on = await workdays.add_workdays(today, numbers.quiet_approval_days)
    row = waiting or PostHolding(post_id=post.id, person_id=person.id, claimed_at=now, open_mark=_mark(post, person))
    row.state, row.decide_on, row.reason = PENDING, decide_on, None if is_advised else AGAINST_ADVICE
    await row.save()
    return await _submitted(row, post, person, now)


async def _refuse_place(post: ServicePost) -> None:
    fresh = await ServicePost.get(id=post.id)
    raise Refusal("posts.full" if fresh.status == "open" else "posts.closed", number=post.number, title=post.title)


async def _require_not_held(post: ServicePost, person: Person) -> PostHolding | None:
    """The waiting row to be turned into a claim; raises `posts.already_held` for any other open one."""
    row = await PostHolding.get_or_none(open_mark=_mark(post, person))
    if row is None or (row.state == WAITLISTED and row.offered_until is None):
        return row
    raise Refusal("posts.already_held", number=post.number, title=post.title)


async def _require_moderation(person: Person, now: datetime, numbers: PostNumbers) -> None:
    today = PostHolding.filter(person_id=person.id, claimed_at__gte=at_local(local_day(now), time()))
    if await today.count() >= numbers.claims_per_day:
        raise Refusal("posts.too_often")


async def count_held(person: Person) -> int:
    """How many places the person keeps, paused and waiting for review included."""
    return await PostHolding.filter(person_id=person.id, state__in=HOLDING_A_PLACE).count()


def _mark(post: ServicePost, person: Person) -> str:
    return f"{post.id}:{person.id}"


async def _submitted(row: PostHolding, post: ServicePost, person: Person, now: datetime) -> Claimed:
    row.post, row.person = post, person
    reviewer = await reviewer_for(post, person, now)
    if reviewer is not None:
        await ask_reviewer(row, reviewer, now)
    await audit.note(audit.by_person(person), "post.claimed", now=now, subject=f"holding:{row.id}")
    return Claimed(row, reviewer, settles_by_silence(row))


def settles_by_silence(row: PostHolding) -> bool:
    """Whether two quiet workdays agree to it: light posts only, and never against advice (domain §2.3)."""
    return row.post.exertion == "light" and row.reason != AGAINST_ADVICE


async def wait(
    post: ServicePost, person: Person, *, now: datetime, numbers: PostNumbers = _DEFAULTS
) -> tuple[PostHolding, int]:
    """Queue for a full post; the row and the person's place in the queue.

    Raises `posts.closed`, `posts.has_place` when one has come free, `posts.already_held`, `posts.too_often`.
    """
    if not runs_on(post, local_day(now)) or (await ServicePost.get(id=post.id)).status != "open":
        raise Refusal("posts.closed", title=post.title)
    if not await post.hold_if_full() and await next_in_queue(post) is None:
        raise Refusal("posts.has_place", number=post.number, title=post.title)
    if await PostHolding.exists(open_mark=_mark(post, person)):
        raise Refusal("posts.already_held", number=post.number, title=post.title)
    await _require_moderation(person, now, numbers)
    row = await PostHolding.create(
        post_id=post.id, person_id=person.id, state=WAITLISTED, claimed_at=now, open_mark=_mark(post, person)
    )
    return row, await place_in_queue(row)


async def place_in_queue(row: PostHolding) -> int:
    """1 for who is asked next."""
    before = PostHolding.filter(post_id=row.post_id, state=WAITLISTED, claimed_at__lt=row.claimed_at)
    same = PostHolding.filter(post_id=row.post_id, state=WAITLISTED, claimed_at=row.claimed_at, id__lte=row.id)
    return await before.count() + await same.count()


async def take_offer(holding_id: int, person: Person, *, now: datetime, numbers: PostNumbers) -> Claimed:
    """The waiter wants the place that came free; raises `posts.offer_over` once its hours are over."""
    row = await of_person(holding_id, person)
    if row.state != WAITLISTED or row.offered_until is None or row.offered_until < now:
        raise Refusal("posts.offer_over", number=row.post.number, title=row.post.title)
    today = local_day(now)
    is_many = await count_held(person) >= numbers.max_posts
    is_advised = not is_many and not advice_for(row.post, person, today=today, numbers=numbers)
    await move(
        row,
        WAITLISTED,
        state=PENDING,
        offered_until=None,
        decide_on=await workdays.add_workdays(today, numbers.quiet_approval_days),
        reason=None if is_advised else AGAINST_ADVICE,
    )
    return await _submitted(row, row.post, person, now)


async def withdraw(holding_id: int, person: Person, *, now: datetime, numbers: PostNumbers) -> PostHolding:
    """Take a claim or a place in the queue back before it is settled; what it kept goes to the next.

    Raises `posts.already_active` for a post that has been given.
    """
    row = await of_person(holding_id, person)
    await row.post.hold()
    await row.refresh_from_db(fields=["state", "offered_until"])
    if row.state == ACTIVE:
        raise Refusal("posts.already_active", number=row.post.number, title=row.post.title)
    kept_place = row.state == PENDING or row.offered_until is not None
    if not await close(row, PENDING, WAITLISTED, state=RELEASED, reason="withdrawn", today=local_day(now)):
        raise Refusal("posts.already_settled")
    if kept_place:
        await free_place(row.post, now, numbers)
    await close_review(row, now)
    await audit.note(audit.by_person(person), "post.withdrawn", now=now, subject=f"holding:{row.id}")
    return row


async def lapsed_offers(now: datetime) -> list[int]:
    """The holdings whose offer of a free place nobody answered in its hours."""
    late = PostHolding.filter(state=WAITLISTED, offered_until__lt=now).order_by("post_id", "id")
    return [row.id for row in await late]


async def lapse_offer(holding_id: int, now: datetime, numbers: PostNumbers) -> bool:
    """The place goes to the next; whether this call moved it."""
    row = await PostHolding.get(id=holding_id).prefetch_related("post", "person")
    await row.post.hold()
    if not await close(row, WAITLISTED, state=RELEASED, reason="no_answer", today=local_day(now)):
        return False
    await free_place(row.post, now, numbers)
    return True


async def posts_waited_for() -> list[int]:
    """Posts with a free place while somebody waits: a capacity that grew, a post that opened again."""
    waiting = PostHolding.filter(state=WAITLISTED, offered_until__isnull=True)
    wanted = {row.post_id for row in await waiting}
    return [post.id for post in await ServicePost.filter(id__in=sorted(wanted), status="open", taken__lt=F("slots"))]


async def hand_out_place(post_id: int, now: datetime, numbers: PostNumbers) -> bool:
    """Offer one standing free place to who waits longest; whether there were both."""
    post = await ServicePost.get(id=post_id)
    return runs_on(post, local_day(now)) and await hand_out(post, now, numbers) is not None

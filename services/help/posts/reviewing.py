"""Claims and releases are reviewed: by whoever is in charge, or for light posts by two quiet workdays."""

from __future__ import annotations

from datetime import datetime

from tortoise.queryset import QuerySet

from kit.clock import local_day
from kit.county import PostNumbers
from kit.errors import Refusal
from models.help.posts import PostHolding, ServicePost
from models.people.members import Person
from services.help.posts.claiming import settles_by_silence
from services.help.posts.holdings import (
    ACTIVE,
    PENDING,
    REJECTED,
    RELEASE_PENDING,
    RELEASED,
    ask_reviewer,
    close,
    close_review,
    free_place,
    move,
    reviewer_for,
    tell_leader,
    tell_person,
)
from services.people import access, audit
from texts.days import spoken_day

BY_SILENCE = "job:posts"
TO_REVIEW = (PENDING, RELEASE_PENDING)


async def to_review(
    reach: access.Reach, *, number: int | None = None, name: str | None = None, limit: int = 5
) -> list[PostHolding]:
    """Claims and releases this person may settle, the oldest first; never their own."""
    rows = PostHolding.filter(state__in=TO_REVIEW).exclude(person_id=reach.person_id)
    if number is not None:
        rows = rows.filter(post__number=number)
    if name is not None:
        rows = rows.filter(person__name=name)
    seen = _settleable(reach, rows.order_by("claimed_at", "id").limit(limit))
    return await seen.prefetch_related("post", "person")


def _settleable(reach: access.Reach, rows: QuerySet[PostHolding]) -> QuerySet[PostHolding]:
    return access.visible(reach, rows, "approve", person="person", organisation="post__organisation")


async def open_one(holding_id: int, reach: access.Reach) -> PostHolding:
    """One holding this person may settle; raises `access.unknown` when it is not theirs or does not exist."""
    rows = PostHolding.filter(id=holding_id).exclude(person_id=reach.person_id)
    row = await _settleable(reach, rows).prefetch_related("post", "person").first()
    if row is None:
        raise Refusal("access.unknown")
    return row


async def approve(row: PostHolding, *, by: Person | None, now: datetime, numbers: PostNumbers) -> PostHolding:
    """Agree to a claim or a release; `by` is None where silence agrees. Raises `posts.already_settled`."""
    if row.state == RELEASE_PENDING:
        return await _approve_release(row, by, now, numbers)
    today = local_day(now)
    since = max(today, row.post.since) if row.post.since else today
    decided = by.id if by else None
    await move(row, PENDING, state=ACTIVE, since=since, until=row.post.until, decide_on=None, decided_by_id=decided)
    await tell_person(row, "posts.approved", now, day=spoken_day(since))
    await tell_leader(row, "posts.leader_active", now, unless=by)
    await _note(row, "post.approved", by, now)
    return row


async def _approve_release(row: PostHolding, by: Person | None, now: datetime, numbers: PostNumbers) -> PostHolding:
    await row.post.hold()
    if not await close(row, RELEASE_PENDING, state=RELEASED, reason="own_wish", today=local_day(now), by=by):
        raise Refusal("posts.already_settled")
    await free_place(row.post, now, numbers)
    await tell_person(row, "posts.released", now)
    await tell_leader(row, "posts.leader_released", now, unless=by)
    await _note(row, "post.released", by, now)
    return row


async def reject(row: PostHolding, reason: str, *, by: Person, now: datetime, numbers: PostNumbers) -> PostHolding:
    """Say no, with a reason the person reads; a rejected release leaves the post where it was."""
    if row.state == RELEASE_PENDING:
        await move(row, RELEASE_PENDING, state=ACTIVE, decide_on=None, decided_by_id=by.id)
        await tell_person(row, "posts.release_refused", now, reason=reason[:30], name=by.name)
    else:
        await row.post.hold()
        if not await close(row, PENDING, state=REJECTED, reason=reason, today=local_day(now), by=by):
            raise Refusal("posts.already_settled")
        await free_place(row.post, now, numbers)
        await tell_person(row, "posts.rejected", now, reason=reason[:30])
    await _note(row, "post.rejected", by, now)
    return row


async def reconsider(row: PostHolding, was: str, *, by: Person, now: datetime) -> None:
    """Take a decision back within its ten minutes; `was` is the state it was decided in.

    Raises `posts.place_gone` when the place has meanwhile gone to somebody else.
    """
    closed = row.state in (RELEASED, REJECTED)
    if was not in TO_REVIEW or row.decided_by_id != by.id:
        raise Refusal("access.unknown")
    if closed and not await row.post.take_place():
        raise Refusal("posts.place_gone", number=row.post.number, title=row.post.title)
    mark = f"{row.post_id}:{row.person_id}"
    if closed and await PostHolding.exists(open_mark=mark):
        raise Refusal("posts.already_settled")
    since = None if was == PENDING else row.since
    await move(
        row, ACTIVE, RELEASED, REJECTED,
        state=was, since=since, open_mark=mark, reason=None, decided_by_id=None, decide_on=None,
    )  # fmt: skip
    await _note(row, "post.reconsidered", by, now)


async def due_for_silence(now: datetime) -> list[int]:
    """Claims and releases on whose day of decision nobody has objected yet."""
    due = PostHolding.filter(state__in=TO_REVIEW, decide_on__lte=local_day(now), person__state="active")
    return [row.id for row in await due.order_by("post_id", "id")]


async def settle_by_silence(holding_id: int, now: datetime, numbers: PostNumbers) -> str:
    """A light post is agreed to by silence, another is put before the reviewer again; what was done."""
    row = await PostHolding.get(id=holding_id).prefetch_related("post", "person")
    if row.state not in TO_REVIEW or row.decide_on is None:
        return "settled_before"
    if settles_by_silence(row):
        await approve(row, by=None, now=now, numbers=numbers)
        return "agreed"
    return "asked_again" if await _ask_again(row, now) else "settled_before"


async def _ask_again(row: PostHolding, now: datetime) -> bool:
    if not await PostHolding.filter(id=row.id, state=row.state, decide_on__isnull=False).update(decide_on=None):
        return False
    reviewer = await reviewer_for(row.post, row.person, now)
    if reviewer is not None:
        await ask_reviewer(row, reviewer, now, step=1)
    return True


async def _note(row: PostHolding, action: str, by: Person | None, now: datetime) -> None:
    await close_review(row, now)
    actor = audit.by_person(by) if by else BY_SILENCE
    await audit.note(actor, action, now=now, subject=f"holding:{row.id}", reason=row.reason)


async def holders(post: ServicePost, reach: access.Reach) -> tuple[list[PostHolding], int]:
    """Who holds the post, for those whose task it is; the second figure counts holders whose names stay hidden."""
    rows = PostHolding.filter(post_id=post.id, state__in=(ACTIVE, "paused", RELEASE_PENDING))
    seen = access.visible(reach, rows, "see_name", person="person").order_by("since", "id")
    named = await seen.prefetch_related("person")
    return named, await rows.count() - len(named)


async def in_reach(reach: access.Reach, *, number: int | None = None) -> list[ServicePost]:
    """The posts in the subtrees this person may look at, by number."""
    rows = ServicePost.all().order_by("number", "id")
    if number is not None:
        rows = rows.filter(number=number)
    return await access.visible(reach, rows, "view", organisation="organisation").prefetch_related("organisation")

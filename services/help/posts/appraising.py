"""评岗: at the end of a year or a term one line about what a holder did; the holder is thanked and can read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from delivery import waiting
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from kit.county import PostNumbers
from kit.errors import Refusal
from models.help.posts import PostAppraisal, PostHolding
from models.people.members import Person
from services.help.posts.holdings import ACTIVE, PAUSED, RELEASE_PENDING, RELEASED, reviewer_for
from services.people import access, audit
from texts import render

HELD = (ACTIVE, PAUSED, RELEASE_PENDING)
_THANKED_AFTER = timedelta(minutes=10)
"""So long a line can be taken back (promise E8); until then the holder hears nothing of it."""


@dataclass(frozen=True, slots=True)
class Served:
    """One post in a person's service record: from when until when, and the lines written about it."""

    number: int
    title: str
    since: date
    until: date | None
    lines: tuple[str, ...]


def _without_line(year: int) -> QuerySet[PostHolding]:
    """Who held a post in that year and has no line for it yet: those who hold one, and whose term ended."""
    first = date(year, 1, 1)
    over = Q(state=RELEASED, reason="term_ended", until__gte=first)
    done = PostAppraisal.filter(year=year).values("holding_id")
    rows = PostHolding.filter(Q(Q(state__in=HELD), over, join_type=Q.OR), since__isnull=False, person__state="active")
    return rows.exclude(id__in=Subquery(done)).order_by("post_id", "since", "id")


async def to_appraise(reach: access.Reach, today: date, *, limit: int) -> tuple[list[PostHolding], int]:
    """The next holders this person writes a line about, never themselves; and how many there are in all."""
    rows = _without_line(today.year).filter(since__lte=today).exclude(person_id=reach.person_id)
    seen = access.visible(reach, rows, "approve", person="person", organisation="post__organisation")
    return await seen.limit(limit).prefetch_related("post", "person"), await seen.count()


async def appraisable(holding_id: int, reach: access.Reach, today: date) -> PostHolding:
    """One of them; raises `access.unknown` for anybody else's, `posts.already_appraised` where a line stands."""
    rows = PostHolding.filter(id=holding_id).exclude(person_id=reach.person_id)
    seen = access.visible(reach, rows, "approve", person="person", organisation="post__organisation")
    row = await seen.prefetch_related("post", "person").first()
    if row is None:
        raise Refusal("access.unknown")
    if await PostAppraisal.exists(holding_id=row.id, year=today.year):
        raise Refusal("posts.already_appraised", name=row.person.name)
    return row


async def appraise(row: PostHolding, line: str, *, by: Person, now: datetime) -> PostAppraisal:
    """Keep one line about the holder's work: no marks, no ranking (decision 12). The holder is thanked.

    What was written is read by the holder alone, on request: a push never carries it (promise V12).
    """
    year = local_day(now).year
    made = await PostAppraisal.create(
        holding_id=row.id, person_id=row.person_id, year=year, line=line, entered_by_id=by.id, made_at=now
    )
    await audit.note(audit.by_person(by), "post.appraised", now=now, subject=f"holding:{row.id}", year=year)
    letter = Letter(
        "posts.appraised",
        {"name": by.name, "number": row.post.number, "title": row.post.title},
        topic="posts",
        asks=(Asked(render("posts.do_my_record"), "posts.my_record", {}),),
    )
    await post_notice(to_person(row.person_id), letter, once=_thanks(made), now=now, due_at=now + _THANKED_AFTER)
    return made


def _thanks(made: PostAppraisal) -> str:
    return f"appraisal:{made.id}:thanks"


async def take_back(appraisal_id: int, *, by: Person, now: datetime) -> PostHolding:
    """The line is gone, whoever wrote it changed their mind; raises `access.unknown` for anybody else's."""
    made = await PostAppraisal.get_or_none(id=appraisal_id, entered_by_id=by.id)
    if made is None:
        raise Refusal("access.unknown")
    await waiting.cancel(_thanks(made), now)
    row = await PostHolding.get(id=made.holding_id).prefetch_related("post", "person")
    await made.delete()
    await audit.note(audit.by_person(by), "post.appraisal_taken_back", now=now, subject=f"holding:{row.id}")
    return row


async def record_of(person: Person) -> list[Served]:
    """What the person did, newest first: a list of posts, never a score (decision 12)."""
    rows = PostHolding.filter(person_id=person.id, since__isnull=False).order_by("-since", "-id")
    written: dict[int, list[str]] = {}
    for made in await PostAppraisal.filter(person_id=person.id).order_by("year", "id"):
        written.setdefault(made.holding_id, []).append(made.line)
    found = []
    for row in await rows.prefetch_related("post"):
        lines = tuple(written.get(row.id, ()))
        until = row.until if row.state == RELEASED else None
        found.append(Served(row.post.number, row.post.title, row.since or row.claimed_at.date(), until, lines))
    return found


async def due_this_year(now: datetime, numbers: PostNumbers) -> dict[int, int]:
    """In the county's month of appraisal: who is asked to write lines, and about how many holders."""
    today = local_day(now)
    counted: dict[int, int] = {}
    if today.month != numbers.appraise_month:
        return counted
    for row in await _without_line(today.year).prefetch_related("post", "person"):
        reviewer = await reviewer_for(row.post, row.person, now)
        if reviewer is not None:
            counted[reviewer.id] = counted.get(reviewer.id, 0) + 1
    return counted


async def ask_to_appraise(person_id: int, count: int, now: datetime) -> bool:
    """Ask once a year; whether this call asked."""
    letter = Letter(
        "posts.appraise_due",
        {"count": count},
        topic="work",
        asks=(Asked(render("posts.do_appraise"), "posts.appraise_posts", {}),),
    )
    once = f"appraise:{local_day(now).year}"
    return await post_notice(to_person(person_id), letter, once=once, now=now) is not None


async def ask_at_end_of_term(row: PostHolding, now: datetime) -> None:
    """A term is over: whoever reviews the post is asked for a line about it."""
    reviewer = await reviewer_for(row.post, row.person, now)
    if reviewer is None:
        return
    letter = Letter(
        "posts.appraise_term",
        {"name": row.person.name, "number": row.post.number, "title": row.post.title},
        topic="work",
        asks=(Asked(render("posts.do_appraise"), "posts.appraise", {"holding": row.id}),),
    )
    await post_notice(to_person(reviewer), letter, once=f"holding:{row.id}:appraise", now=now)

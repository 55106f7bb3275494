"""暂停: resting from a post with its place kept, until a day that was named or until the person is back."""

from __future__ import annotations

from datetime import date, datetime

from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from models.help.posts import PostHolding
from models.people.members import Person
from services.help.posts.holdings import ACTIVE, PAUSED, move, moved, of_person, tell_leader
from services.people import audit
from texts import render


async def pause(holding_id: int, person: Person, *, now: datetime, until: date | None = None) -> PostHolding:
    """Rest from a post; the place is kept and the leader told. On the day `until` the person is asked.

    Who rests already names another day. Raises `posts.already_settled`.
    """
    row = await of_person(holding_id, person)
    if not await moved(row, PAUSED, paused_until=until):
        await _pause(row, audit.by_person(person), now, until)
    return row


async def _pause(row: PostHolding, actor: str, now: datetime, until: date | None = None) -> None:
    await move(row, ACTIVE, state=PAUSED, paused_until=until)
    await tell_leader(row, "posts.leader_paused", now)
    await audit.note(actor, "post.paused", now=now, subject=f"holding:{row.id}")


async def pause_all(person: Person, now: datetime, *, actor: str = "job:life_events") -> int:
    """Somebody is in hospital or away: their posts rest; how many."""
    rows = await PostHolding.filter(person_id=person.id, state=ACTIVE).prefetch_related("post", "person")
    for row in rows:
        await _pause(row, actor, now)
    return len(rows)


async def resume(holding_id: int, person: Person, *, now: datetime) -> PostHolding:
    """Go on after a rest; the leader is told. Raises `posts.already_settled`."""
    row = await of_person(holding_id, person)
    await move(row, PAUSED, state=ACTIVE, paused_until=None)
    await tell_leader(row, "posts.leader_resumed", now)
    await audit.note(audit.by_person(person), "post.resumed", now=now, subject=f"holding:{row.id}")
    return row


async def rests_over(now: datetime) -> list[int]:
    """Holdings that rest until today or an earlier day, and whose holder was not asked yet."""
    over = PostHolding.filter(state=PAUSED, paused_until__lte=local_day(now), person__state="active")
    return [row.id for row in await over.order_by("post_id", "id")]


async def ask_after_rest(holding_id: int, now: datetime) -> bool:
    """Ask whether the person goes on; the place stays kept until they answer. Whether this call asked."""
    row = await PostHolding.get(id=holding_id).prefetch_related("post")
    until = row.paused_until
    if until is None or not await moved(row, PAUSED, paused_until=None):
        return False
    args = {"holding": row.id}
    letter = Letter(
        "posts.rest_over",
        {"number": row.post.number, "title": row.post.title},
        topic="posts",
        asks=(
            Asked(render("posts.do_resume"), "posts.resume", args),
            Asked(render("posts.do_rest_longer"), "posts.rest_longer", args),
            Asked(render("posts.do_let_go"), "posts.ask_release", args),
        ),
    )
    await post_notice(to_person(row.person_id), letter, once=f"holding:{row.id}:rest_over:{until}", now=now)
    return True

"""A notice is written: its words are looked at, its people counted, and it is kept as a draft until the yes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import texts
from delivery.policy import DeliveryPolicy
from kit.clock import at_local, local_day
from kit.errors import Refusal
from models.outreach.notices import Broadcast
from models.people.members import Person
from models.people.organisation import Organisation
from services.outreach import audience
from services.outreach.broadcasts import rows
from services.people import access

MOST_SIGNS = 200
LONG_SIGNS = 80
"""From here on elders tire (promise E9); it is said, not refused."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What is about to happen: the audience as understood, how many people, by which ways, and the words."""

    row: Broadcast
    meant: audience.Audience
    ways: audience.Ways
    opted_out: int
    without_birth: int
    remarks: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many people get it."""
        return self.ways.total


def clean_message(text: str) -> str:
    """The words as they are sent; raises `broadcasts.message_wanted` or `broadcasts.message_long`."""
    message = " ".join(text.split())
    if len(message) < 4:
        raise Refusal("broadcasts.message_wanted")
    if len(message) > MOST_SIGNS:
        raise Refusal("broadcasts.message_long", count=len(message), limit=MOST_SIGNS)
    shown = texts.section("broadcasts", "shown")
    return message if message[-1] in shown["ends"] else message + shown["full_stop"]


def remarks_on(message: str) -> tuple[str, ...]:
    """What should be read once more before everybody sees it: `health`, `money`, `address`, `link`, `long`."""
    patterns: dict[str, str] = dict(texts.section("broadcasts", "warnings"))
    found = [name for name, pattern in patterns.items() if re.search(pattern, message, re.IGNORECASE)]
    return (*found, "long") if len(message) > LONG_SIGNS else tuple(found)


async def require_room(author: Person, *, now: datetime, limit: int) -> None:
    """Raises `broadcasts.too_many` when the author has sent the day's number already (promise X16)."""
    midnight = at_local(local_day(now), datetime.min.time())
    sent = Broadcast.filter(author_id=author.id, created_at__gte=midnight, state__in=rows.WRITTEN)
    if await sent.count() >= limit:
        raise Refusal("broadcasts.too_many", limit=limit)


async def understood(text: str, author: Person, reach: access.Reach, *, now: datetime) -> audience.Audience:
    """The audience these words mean for the author; beside `audience.understood` raises `broadcasts.nobody`."""
    last = await rows.latest_of(author.id)
    earlier = rows.keys_of(last) if last else ()
    meant = await audience.understood(text, reach, local_day(now), earlier=earlier)
    if not await audience.is_anybody(meant, reach, local_day(now)):
        raise Refusal("broadcasts.nobody", audience=text.strip()[:20])
    return meant


async def draft(
    author: Person,
    reach: access.Reach,
    meant: audience.Audience,
    message: str,
    *,
    now: datetime,
    corrects: Broadcast | None = None,
) -> Broadcast:
    """Keep what was written, unsent; raises `access.unknown` for somebody without the right."""
    place = await _office(reach, meant)
    return await Broadcast.create(
        author_id=author.id,
        organisation_id=place.id,
        text=clean_message(message),
        audience=meant.facts(),
        created_at=now,
        corrects_id=corrects.id if corrects else None,
    )


async def correction_of(
    broadcast_id: int, author: Person, reach: access.Reach, message: str, *, now: datetime
) -> Broadcast:
    """A draft with new words for exactly the people the broadcast went to (更正)."""
    wrong = await rows.open_one(broadcast_id, reach)
    before = audience.audience_of(wrong.audience)
    same = audience.Audience(names=before.names, earlier=rows.keys_of(wrong), standing_in_it=audience.ALL_TOLD)
    row = await draft(author, reach, same, message, now=now, corrects=wrong)
    return await ask_who_comes(row) if rows.invites(wrong) else row


async def ask_who_comes(row: Broadcast) -> Broadcast:
    """The draft asks who comes (回复1参加), and not only whether it was read."""
    row.audience = {**row.audience, "invites": True}
    await row.save(update_fields=["audience"])
    return row


async def _office(reach: access.Reach, meant: audience.Audience) -> Organisation:
    """The place in whose name it is sent: the author's nearest office that covers the audience."""
    paths = sorted(reach.paths("broadcast", "subtree", "group"), key=len, reverse=True)
    if not paths:
        raise Refusal("access.unknown")
    covering = [path for path in paths if meant.paths and all(one.startswith(path) for one in meant.paths)]
    path = covering[0] if covering else paths[-1]
    return await Organisation.get(id=int(path.strip("/").rpartition("/")[2]))


async def preview(row: Broadcast, policy: DeliveryPolicy, *, now: datetime, at: datetime | None = None) -> Preview:
    """Who would get it now and how; `at` is when it would go out."""
    today = local_day(now)
    meant = rows.audience_now(row)
    ways, opted_out, without_birth = audience.Ways(), 0, 0
    async for page in audience.pages(meant, await rows.reach_of_author(row, today), today):
        ways += await audience.ways_to(page.ids, policy, at=at or now, on=today)
        opted_out, without_birth = opted_out + page.opted_out, without_birth + page.without_birth
    return Preview(row, meant, ways, opted_out, without_birth, remarks_on(row.text))


async def words_for(row: Broadcast, *, number: int = 1) -> tuple[str, dict[str, Any]]:
    """The key and the facts of the sentence everybody reads, for the face to show and the notice to carry."""
    place = await rows.place_of(row)
    say = "broadcasts.correction" if row.corrects_id else "broadcasts.notice"
    if number > 1 and not row.corrects_id:
        say = "broadcasts.notice_again"
    say = _INVITING[say] if rows.invites(row) else say
    return say, {"place": place.name, "message": row.text}


_INVITING = {
    "broadcasts.notice": "broadcasts.invitation",
    "broadcasts.notice_again": "broadcasts.invitation_again",
    "broadcasts.correction": "broadcasts.invitation_corrected",
}

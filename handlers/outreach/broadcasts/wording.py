"""What the steps of a notice say alike: the preview, its day, its moment, its audience."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from conversation.context import Context
from kit.clock import local_day
from services.outreach import audience, broadcasts
from texts import render, section
from texts.days import spoken_day

if TYPE_CHECKING:
    from models.outreach.notices import Broadcast


def says(ctx: Context, wanted: str) -> bool:
    """Whether the message has one of the words for `cancel`, `again`, `correct`, `status`, `about_notices`."""
    return bool(re.search(section("broadcasts", "words")[wanted], ctx.text))


async def seen_now(ctx: Context, row: Broadcast) -> broadcasts.Preview:
    """The preview as of the moment it would go out."""
    at = broadcasts.goes_at(row, ctx.now, ctx.county.notices)
    return await broadcasts.preview(row, audience.policy_of(ctx.county), now=ctx.now, at=at)


async def preview_facts(ctx: Context, seen: broadcasts.Preview) -> dict[str, Any]:
    """What fills the sentence of a preview: people, ways, and the words with what should be read once more."""
    say_key, facts = await broadcasts.words_for(seen.row)
    remarks = [render("broadcasts.later_shown", clock=clock(ctx, moment)) for moment in _set_time(ctx, seen.row)]
    remarks += [render(f"broadcasts.remark_{name}") for name in seen.remarks]
    for name, count in (("opted_out", seen.opted_out), ("without_birth", seen.without_birth)):
        remarks += [render(f"broadcasts.remark_{name}", count=count)] if count else []
    return {
        "audience": broadcasts.audience_in_words(seen.meant),
        "count": seen.count,
        "ways": broadcasts.ways_in_words(seen.ways),
        "shown": "".join([_quoted(render(say_key, **facts)), *remarks]),
    }


def _set_time(ctx: Context, row: Broadcast) -> list[datetime]:
    return [broadcasts.goes_at(row, ctx.now, ctx.county.notices)] if row.audience.get("later") else []


def _quoted(words: str) -> str:
    """The notice in one line, so that the choices below it stay on the screen."""
    return render("broadcasts.quoted", shown=words.replace("\n", ""))


def clock(ctx: Context, moment: datetime) -> str:
    """When something ready at `moment` goes out."""
    return broadcasts.clock_in_words(moment, ctx.now, audience.quiet_of(ctx.county.notices))


def day_of(row: Broadcast) -> str:
    """The day on which it was written."""
    return spoken_day(local_day(row.created_at))


def audience_words(row: Broadcast) -> str:
    """Whom it is for, in words."""
    return broadcasts.audience_in_words(audience.audience_of(row.audience))

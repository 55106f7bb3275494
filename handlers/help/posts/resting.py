"""先歇一歇: a retiree rests from a post, with or without a day to come back, and goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Reply, begin, confirm, say
from conversation.understanding import read_as
from conversation.understanding.dates import day_until
from handlers.help.posts.router import router
from kit.errors import Refusal
from services.help import posts
from texts import section
from texts.days import spoken_day

OPEN_END = "open"


def said_of_rest(text: str) -> Mapping[str, str]:
    """The number or name of the post in "3号岗歇到3月15号": what stands before the rest, not the day."""
    before = re.split(section("posts", "words")["rest"], text, maxsplit=1)[0]
    return read_as("release_post", before).slots


@router.action()
async def ask_pause(ctx: Context) -> Reply:
    """Read back before a rest."""
    row = await posts.of_person(int(ctx.chosen["holding"]), ctx.person)
    number, title, args = row.post.number, row.post.title, {"holding": row.id}
    until = _day(ctx.chosen.get("until"))
    if until is None:
        return confirm("posts.pause_ask", "posts.pause", args=args, number=number, title=title)
    day, dated = spoken_day(until), {**args, "until": until.isoformat()}
    return confirm("posts.pause_until_ask", "posts.pause", args=dated, day=day, number=number, title=title)


def _day(kept: object) -> date | None:
    return date.fromisoformat(str(kept)) if kept and kept != OPEN_END else None


@router.action()
async def pause(ctx: Context) -> Reply:
    """Confirmed: the post rests, its place is kept."""
    until = _day(ctx.chosen.get("until"))
    row = await posts.pause(int(ctx.chosen["holding"]), ctx.person, now=ctx.now, until=until)
    named = {"number": row.post.number, "title": row.post.title}
    reply = say("posts.paused_until", day=spoken_day(until), **named) if until else say("posts.paused", **named)
    return reply.undoable("posts.resume", holding=row.id)


@router.action()
async def resume(ctx: Context) -> Reply:
    """Back again."""
    row = await posts.resume(int(ctx.chosen["holding"]), ctx.person, now=ctx.now)
    return say("posts.resumed", number=row.post.number, title=row.post.title)


@router.action()
async def rest_longer(ctx: Context) -> Reply:
    """再歇一阵: until when?"""
    row = await posts.of_person(int(ctx.chosen["holding"]), ctx.person)
    return begin("rest_from_post", holding=row.id)


async def _clean_day(ctx: Context, text: str) -> str:
    """The day as ISO, or the mark of a rest whose end nobody knows; raises `posts.rest_day_wanted`."""
    if re.search(section("posts", "words")["open_end"], text):
        return OPEN_END
    until = day_until(text, ctx.today)
    if until is None:
        raise Refusal("posts.rest_day_wanted")
    return until.isoformat()


async def _rested(ctx: Context, answers: Answers) -> Reply:
    return await pause(ctx.choosing(answers))


router.dialog(Dialog("rest_from_post", (Step("until", "posts.ask_rest_until", _clean_day),), _rested))

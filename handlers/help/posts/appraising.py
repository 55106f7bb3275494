"""评岗: a secretary writes one line about each holder; a retiree reads the record of their own service."""

from __future__ import annotations

import re

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, menu, say
from handlers.help.posts.router import router
from kit.errors import Refusal
from services.help import posts
from services.people import access
from texts import render, section

MOST_LISTED = 5
_LONGEST_LINE = 40


@router.intent("appraise_posts")
async def appraise_posts(ctx: Context) -> Reply:
    """The holders without a line for this year, five at a time."""
    reach = await access.reach_of(ctx.person, ctx.today)
    if not reach.is_staff:
        return Reply("").followed_by("human.call")
    rows, count = await posts.to_appraise(reach, ctx.today, limit=MOST_LISTED)
    if not rows:
        return say("posts.none_to_appraise", year=ctx.today.year)
    choices = [
        Choice(
            render("posts.appraise_line", name=row.person.name, number=row.post.number, title=row.post.title),
            "posts.appraise",
            {"holding": row.id},
        )
        for row in rows
    ]
    return menu("posts.to_appraise", choices, count=count)


@router.action()
async def appraise(ctx: Context) -> Reply:
    """One holder: the line."""
    reach = await access.reach_of(ctx.person, ctx.today)
    row = await posts.appraisable(int(ctx.chosen["holding"]), reach, ctx.today)
    return begin("appraise_post", holding=row.id, name=row.person.name, number=row.post.number, title=row.post.title)


async def _clean_line(ctx: Context, text: str) -> str:
    """One line in words; raises `posts.no_marks` for marks and ranks (decision 12), `posts.line_wanted`."""
    line = " ".join(text.split())
    if re.search(section("posts", "words")["marks"], line):
        raise Refusal("posts.no_marks")
    if not 2 <= len(line) <= _LONGEST_LINE:
        raise Refusal("posts.line_wanted", limit=_LONGEST_LINE)
    return line


async def _named(ctx: Context, answers: Answers) -> Answers:
    return {name: answers[name] for name in ("name", "number", "title")}


async def _written(ctx: Context, answers: Answers) -> Reply:
    reach = await access.reach_of(ctx.person, ctx.today)
    row = await posts.appraisable(int(answers["holding"]), reach, ctx.today)
    made = await posts.appraise(row, str(answers["line"]), by=ctx.person, now=ctx.now)
    reply = say("posts.appraised_by_you", name=row.person.name)
    return reply.undoable("posts.unappraise", appraisal=made.id)


router.dialog(Dialog("appraise_post", (Step("line", "posts.ask_line", _clean_line, facts=_named),), _written))


@router.action()
async def unappraise(ctx: Context) -> Reply:
    """点错了: the line is gone, and the holder was not told."""
    row = await posts.take_back(int(ctx.chosen["appraisal"]), by=ctx.person, now=ctx.now)
    return say("posts.unappraised", name=row.person.name)


@router.intent("my_record")
async def my_record(ctx: Context) -> Reply:
    """我的服务记录: what was done, with the lines written about it."""
    served = await posts.record_of(ctx.person)
    if not served:
        return say("posts.no_record")
    lines = [_line(one) for one in served[:MOST_LISTED]]
    if older := len(served) - len(lines):
        lines.append(render("posts.record_older", count=older))
    return say("posts.record", lines="\n".join(lines))


def _line(one: posts.Served) -> str:
    last = one.until or one.since
    is_long = one.until is not None and last.year != one.since.year
    key = "record_line_years" if is_long else ("record_line" if one.until else "record_line_now")
    shown = render(f"posts.{key}", year=one.since.year, last=last.year, number=one.number, title=one.title)
    return shown + "".join(render("posts.record_words", said=line) for line in one.lines[-1:])

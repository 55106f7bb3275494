"""A notice is written: whom, what, and a look at it before the yes; the same word leads back to the last one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Begin, Choice, Reply, begin, menu, say
from handlers.outreach.broadcasts.router import router
from handlers.outreach.broadcasts.wording import audience_words, day_of, preview_facts, says, seen_now
from kit.errors import Refusal
from services.outreach import audience, broadcasts
from services.people import access
from texts import render, section

if TYPE_CHECKING:
    from models.outreach.notices import Broadcast

_LATELY = timedelta(days=7)


@router.intent("broadcast")
async def start(ctx: Context) -> Reply:
    """Write a notice, or come back to one: what was said decides; whoever may not is given a person."""
    reach = await access.reach_of(ctx.person, ctx.today)
    if not reach.paths("broadcast", "subtree", "group"):
        return Reply("").followed_by("human.call")
    for wanted in ("cancel", "again", "correct", "status"):
        if says(ctx, wanted):
            return Reply("").followed_by(f"broadcasts.{_ACTIONS[wanted]}")
    at_once = await _at_once(ctx, reach)
    last = await broadcasts.latest_of(ctx.person.id)
    if at_once is None and last and ctx.now - last.created_at < _LATELY:
        return await _new_or_last(ctx, last)
    return at_once or begin("broadcast")


_ACTIONS = {"cancel": "cancel", "again": "again", "correct": "correct", "status": "status"}


async def _new_or_last(ctx: Context, last: Broadcast) -> Reply:
    """After a notice of the last days the same word leads back to it, too."""
    choices = [
        Choice(render("broadcasts.do_new"), "broadcasts.write"),
        Choice(render("broadcasts.do_status"), "broadcasts.status", {"broadcast": last.id}),
    ]
    if pending := await broadcasts.pending_of(ctx.person.id):
        choices.append(Choice(render("broadcasts.do_cancel"), "broadcasts.cancel", {"broadcast": pending.id}))
    return menu("broadcasts.new_or_last", choices, day=day_of(last), audience=audience_words(last))


@router.action()
async def write(ctx: Context) -> Reply:
    """A new notice, whatever else is waiting."""
    await broadcasts.require_room(ctx.person, now=ctx.now, limit=ctx.county.notices.broadcasts_per_day)
    return begin("broadcast")


async def _at_once(ctx: Context, reach: access.Reach) -> Reply | None:
    """ "通知金桂花园党员 明天上午9点开会" answers both questions at once; the preview shows how it was understood."""
    whom, message = _parted(ctx.text)
    if not message:
        return None
    try:
        meant = await broadcasts.understood(whom, ctx.person, reach, now=ctx.now)
    except Refusal as refusal:
        # Why these people are not known is said at once; the words are kept.
        return replace(say(refusal.key, **refusal.facts), begin=Begin("broadcast", _message_behind(ctx.text)))
    return begin("broadcast", audience=meant.facts(), **_message_behind(ctx.text))


def _parted(text: str) -> tuple[str, str]:
    """Whom and what of a notice said in one breath; nothing where it was not."""
    rest = re.sub(section("broadcasts", "words")["lead"], "", text.strip())
    whom, _, message = rest.partition(" ")
    return (whom, message.strip()) if whom and message.strip() and rest != text.strip() else ("", "")


def _message_behind(text: str) -> Answers:
    try:
        return {"message": broadcasts.clean_message(_parted(text)[1])}
    except Refusal:
        return {}


# Writing.


async def _clean_audience(ctx: Context, text: str) -> Mapping[str, Any]:
    person = _speaker(ctx)
    whom = _parted(text)[0] or text
    meant = await broadcasts.understood(whom, person, await access.reach_of(person, ctx.today), now=ctx.now)
    return meant.facts()


def _speaker(ctx: Context) -> Any:
    """The only person who may sit in this dialog: an office is never held for somebody else."""
    return ctx.member or ctx.speakers[0].person


async def _clean_message(ctx: Context, text: str) -> str:
    return broadcasts.clean_message(text)


async def _written(ctx: Context, answers: Answers) -> Reply:
    reach = await access.reach_of(ctx.person, ctx.today)
    meant = audience.audience_of(answers["audience"])
    row = await broadcasts.draft(ctx.person, reach, meant, str(answers["message"]), now=ctx.now)
    return await _preview(ctx, row)


async def _corrected(ctx: Context, answers: Answers) -> Reply:
    reach = await access.reach_of(ctx.person, ctx.today)
    row = await broadcasts.correction_of(
        int(answers["broadcast"]), ctx.person, reach, str(answers["message"]), now=ctx.now
    )
    return await _preview(ctx, row)


def _draft(answers: Answers) -> Choice | None:
    """What was written is shown again when somebody who was changing it goes back."""
    return Choice("", "broadcasts.look_again", {"broadcast": answers["draft"]}) if "draft" in answers else None


_MESSAGE = Step("message", "broadcasts.ask_message", _clean_message)
router.dialog(
    Dialog(
        "broadcast",
        (Step("audience", "broadcasts.ask_audience", _clean_audience, also=_message_behind), _MESSAGE),
        _written,
        back_to=_draft,
    )
)
router.dialog(
    Dialog(
        "broadcast_correction",
        (Step("message", "broadcasts.ask_correction", _clean_message),),
        _corrected,
        back_to=_draft,
    )
)


async def _preview(ctx: Context, row: Broadcast) -> Reply:
    seen = await seen_now(ctx, row)
    args = {"broadcast": row.id}
    choices = [
        Choice(render("broadcasts.do_send"), "broadcasts.send", args),
        Choice(render("broadcasts.do_drop"), "broadcasts.drop", args),
        Choice(render("broadcasts.do_change"), "broadcasts.change", args),
    ]
    return menu("broadcasts.preview", choices, **await preview_facts(ctx, seen))


@router.action()
async def look_again(ctx: Context) -> Reply:
    """What was written so far, once more."""
    return await _preview(ctx, await broadcasts.own_one(int(ctx.chosen["broadcast"]), ctx.person.id))


@router.action()
async def change(ctx: Context) -> Reply:
    """Change the words or the audience, and keep the other."""
    row = await broadcasts.own_one(int(ctx.chosen["broadcast"]), ctx.person.id)
    if row.corrects_id:
        return begin("broadcast_correction", broadcast=row.corrects_id, draft=row.id)
    args = {"broadcast": row.id}
    choices = [
        Choice(render("broadcasts.change_message"), "broadcasts.change_message", args),
        Choice(render("broadcasts.change_audience"), "broadcasts.change_audience", args),
        Choice(render("broadcasts.change_time"), "broadcasts.change_time", args),
    ]
    return menu("broadcasts.what_to_change", choices)


@router.action()
async def change_message(ctx: Context) -> Reply:
    """The same people, other words."""
    row = await broadcasts.own_one(int(ctx.chosen["broadcast"]), ctx.person.id)
    return begin("broadcast", audience=broadcasts.audience_now(row).facts(), draft=row.id)


@router.action()
async def change_audience(ctx: Context) -> Reply:
    """The same words, other people."""
    row = await broadcasts.own_one(int(ctx.chosen["broadcast"]), ctx.person.id)
    return begin("broadcast", message=row.text, draft=row.id)


@router.action()
async def change_time(ctx: Context) -> Reply:
    """The same words to the same people, later."""
    row = await broadcasts.own_one(int(ctx.chosen["broadcast"]), ctx.person.id)
    return begin("broadcast_time", broadcast=row.id, draft=row.id)


async def _clean_time(ctx: Context, text: str) -> str:
    return broadcasts.said_moment(text, ctx.now).isoformat()


async def _timed(ctx: Context, answers: Answers) -> Reply:
    moment = datetime.fromisoformat(str(answers["when"]))
    row = await broadcasts.set_time(int(answers["broadcast"]), ctx.person, moment)
    return await _preview(ctx, row)


router.dialog(Dialog("broadcast_time", (Step("when", "broadcasts.ask_when", _clean_time),), _timed, back_to=_draft))


@router.action()
async def drop(ctx: Context) -> Reply:
    """Not sent."""
    await broadcasts.drop(int(ctx.chosen["broadcast"]), ctx.person)
    return say("broadcasts.dropped")

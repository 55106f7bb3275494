"""Questions that notices asked, each still to be answered; and what is asked back about a notice (有话要问)."""

from __future__ import annotations

from conversation.context import Context
from conversation.reply import Choice, Reply, menu, say
from conversation.router import CONSENT, Router
from kit.clock import local_day
from services.help import questions, wishes
from services.outreach import broadcasts
from texts import render
from texts.days import spoken_day

router = Router("questions")


@router.action(needs=())
async def open(ctx: Context) -> Reply:  # noqa: A001  # the action's public name is questions.open
    """The question that was meant, with its choices again."""
    asked = await questions.one_of(int(ctx.chosen["question"]), ctx.openid, now=ctx.now)
    if asked is None:
        return say("conversation.gone")
    if len(asked.choices) == 1:
        only = asked.choices[0]
        return Reply("", settles=asked.id).followed_by(only["do"], **(only.get("args") or {}))
    choices = [
        Choice(one["label"], "questions.pick", {"question": asked.id, "place": place})
        for place, one in enumerate(asked.choices)
    ]
    return menu("questions.again", choices, title=asked.title)


@router.action(needs=())
async def pick(ctx: Context) -> Reply:
    """One of its choices: the question is over."""
    asked = await questions.one_of(int(ctx.chosen["question"]), ctx.openid, now=ctx.now)
    if asked is None:
        return say("conversation.gone")
    chosen = asked.choices[int(ctx.chosen["place"])]
    return Reply("", settles=asked.id).followed_by(chosen["do"], **(chosen.get("args") or {}))


async def about_notice(ctx: Context) -> list[Choice]:
    """Whom to ask about the notice this account was told last, as a choice; nothing where there is none to ask."""
    row = await broadcasts.last_heard(ctx.openid, now=ctx.now) if ctx.has_consented else None
    answers = await broadcasts.answers_for(row, now=ctx.now) if row else None
    if row is None or answers is None or answers.id in {one.person.id for one in ctx.speakers}:
        return []
    args = {"broadcast": row.id, "words": ctx.text[:_LONGEST]}
    return [Choice(render("questions.ask_back", name=answers.name), "questions.ask_back", args)]


_LONGEST, _QUOTED = 300, 40


@router.action(needs=(CONSENT,))
async def ask_back(ctx: Context) -> Reply:
    """The words land on the sender's list, with the notice they belong to, and the reply says who answers."""
    row = await broadcasts.last_heard(ctx.openid, now=ctx.now)
    answers = await broadcasts.answers_for(row, now=ctx.now) if row else None
    if row is None or row.id != int(ctx.chosen["broadcast"]):
        return say("conversation.gone")
    day, message = spoken_day(local_day(row.created_at)), row.text[:_QUOTED]
    words = render("questions.about", day=day, message=message, words=str(ctx.chosen["words"]))
    asking = wishes.Asking(ctx.openid, ctx.subject, await wishes.place_of(ctx.subject, ctx.account.scanned_id))
    kept = await wishes.keep(wishes.ABOUT_NOTICE, asking, now=ctx.now, words=words, keeper=answers)
    phone = kept.phone or ctx.county.phone or "120"
    if kept.keeper is None:
        return say("wishes.kept_by_phone", phone=phone)
    return say("questions.passed_on", name=kept.keeper.name, phone=phone).undoable(
        "wishes.take_back", wish=kept.wish.id
    )

"""Questions that notices asked: several open ones come as a list, and each can still be answered."""

from __future__ import annotations

from conversation.context import Context
from conversation.reply import Choice, Reply, menu, say
from conversation.router import Router
from services.help import questions

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

"""What a retiree does with their own posts: look at them, give one back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from conversation.context import Context
from conversation.reply import Choice, Reply, confirm, menu, say
from conversation.understanding.dates import day_until
from handlers.help.posts.resting import ask_pause, said_of_rest
from handlers.help.posts.router import router
from handlers.help.posts.wording import put_before_reviewer
from services.help import posts
from texts import render, section
from texts.days import spoken_day


@router.intent("my_posts")
async def mine(ctx: Context) -> Reply:
    """The person's own posts, each by its number."""
    return _mine(await posts.my_posts(ctx.person), "posts.mine_one")


def _mine(held: Sequence[posts.Held], do: str, args: Mapping[str, Any] = MappingProxyType({})) -> Reply:
    if not held:
        return say("posts.none_mine")
    choices = [Choice(_mine_line(one), do, {"holding": one.holding_id, **args}, one.number) for one in held[:5]]
    return menu("posts.mine", choices, tail="posts.pick_mine")


def _mine_line(one: posts.Held) -> str:
    if one.state == posts.WAITLISTED:
        return render("posts.mine_line_queue", title=one.title, queue=one.queue)
    return render("posts.mine_line", title=one.title, state=_state(one.state, one.paused_until))


def _state(state: str, paused_until: date | None) -> str:
    """How a holding stands, with the day until which it rests."""
    if state == posts.PAUSED and paused_until:
        return render("posts.rests_until", day=spoken_day(paused_until))
    return str(section("posts", "states")[state])


_MAY_DO = {
    posts.ACTIVE: (("do_let_go", "posts.ask_release"), ("do_pause", "posts.ask_pause")),
    posts.PAUSED: (("do_resume", "posts.resume"), ("do_let_go", "posts.ask_release")),
    posts.PENDING: (("do_cancel", "posts.unclaim"), ("do_nothing", "conversation.never_mind")),
    posts.WAITLISTED: (("do_cancel", "posts.unclaim"), ("do_nothing", "conversation.never_mind")),
    posts.RELEASE_PENDING: (("do_resume", "posts.keep"), ("do_nothing", "conversation.never_mind")),
}


@router.action()
async def mine_one(ctx: Context) -> Reply:
    """One of them, and what can be done with it now."""
    row = await posts.of_person(int(ctx.chosen["holding"]), ctx.person)
    if row.state not in _MAY_DO:
        return say("posts.not_held")
    choices = [Choice(render(f"posts.{label}"), do, {"holding": row.id}) for label, do in _MAY_DO[row.state]]
    state = _state(row.state, row.paused_until)
    return menu("posts.mine_one", choices, number=row.post.number, title=row.post.title, state=state)


@router.intent("release_post", "rest_post")
async def release(ctx: Context) -> Reply:
    """退岗 or 先停一停: which post, then read back; a rest may name the day it ends."""
    held = await posts.my_posts(ctx.person)
    is_pause = ctx.reading.intent == "rest_post" or ctx.slots.get("action") == "pause"
    slots = said_of_rest(ctx.text) if is_pause else ctx.slots
    number, said = slots.get("number"), slots.get("name")
    meant = posts.meant_of(held, number=int(number) if number else None, said=said)
    until = day_until(ctx.text, ctx.today) if is_pause else None
    args = {"until": until.isoformat()} if until else {}
    if len(meant) != 1:
        return _mine(meant or held, "posts.ask_pause" if is_pause else "posts.ask_release", args)
    asking = ctx.choosing({"holding": meant[0].holding_id, **args})
    may_rest = is_pause and meant[0].state in (posts.ACTIVE, posts.PAUSED)
    return await (ask_pause(asking) if may_rest else ask_release(asking))


@router.action()
async def ask_release(ctx: Context) -> Reply:
    """Read back before a post is given back (promise E8)."""
    row = await posts.of_person(int(ctx.chosen["holding"]), ctx.person)
    return confirm(
        "posts.let_go_ask", "posts.let_go", args={"holding": row.id}, number=row.post.number, title=row.post.title
    )


@router.action()
async def let_go(ctx: Context) -> Reply:
    """Confirmed: asked to be released; what was not given yet is cancelled at once."""
    asked = await posts.release(int(ctx.chosen["holding"]), ctx.person, now=ctx.now, numbers=ctx.county.posts)
    row = asked.holding
    if row.state == posts.RELEASED:
        reply = say("posts.withdrawn", number=row.post.number, title=row.post.title)
        return reply.undoable("posts.take", post=row.post_id)
    reply = put_before_reviewer(asked, quiet="posts.release_asked", reviewed="posts.release_asked_reviewed")
    return reply.undoable("posts.keep", holding=row.id)


@router.action()
async def keep(ctx: Context) -> Reply:
    """撤销 after asking to leave."""
    row = await posts.keep(int(ctx.chosen["holding"]), ctx.person, now=ctx.now)
    return say("posts.kept", number=row.post.number, title=row.post.title)

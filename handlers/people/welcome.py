"""Greets who follows or scans, and lets go of who leaves."""

from __future__ import annotations

from conversation.context import Context
from conversation.reply import Choice, Reply, confirm, menu
from conversation.router import CONSENT, Router
from handlers.people.binding import bound
from kit.errors import Refusal
from services.people import accounts, binding
from texts import render
from wechat.messages import Scan, Subscribe, Unsubscribe

router = Router("welcome")

COMMUNITY, SLIP, LOGIN = "community:", "slip:", "login:"


@router.event(Subscribe)
async def followed(ctx: Context) -> Reply:
    """A new follower: who we are, what for, and what to press; a scanned code is served at once."""
    await binding.follow(ctx.openid, now=ctx.now)
    ctx.account.follows = True
    scene = ctx.message.scene if isinstance(ctx.message, Subscribe) else ""
    if scene:
        return await _serve_scene(ctx, scene)
    return _greeting(ctx, "welcome.greeting", "welcome.greeting_again")


@router.event(Scan)
async def scanned(ctx: Context) -> Reply:
    """A follower scans one of our codes."""
    scene = ctx.message.scene if isinstance(ctx.message, Scan) else ""
    return await _serve_scene(ctx, scene)


@router.event(Unsubscribe)
async def left(ctx: Context) -> Reply:
    """The account left: its ties end at once (decision 5)."""
    await binding.unfollow(ctx.openid, now=ctx.now)
    ctx.account.window_until, ctx.account.allowance = None, 0
    return Reply("")


@router.action(needs=(CONSENT,))
async def bind_scanned(ctx: Context) -> Reply:
    """The person whose slip was scanned says that it is theirs."""
    person = await binding.bind_by_scene(ctx.openid, ctx.chosen["scene"], now=ctx.now)
    return bound(person.name)


async def _serve_scene(ctx: Context, scene: str) -> Reply:
    if scene.startswith(COMMUNITY):
        return await _at_community(ctx, scene.removeprefix(COMMUNITY))
    if scene.startswith(SLIP):
        return _with_slip(scene.removeprefix(SLIP))
    if scene.startswith(LOGIN):
        return Reply("").followed_by("logins.scanned", nonce=scene.removeprefix(LOGIN))
    return _greeting(ctx, "welcome.greeting", "welcome.greeting_again")


async def _at_community(ctx: Context, key: str) -> Reply:
    """The poster of a community: it is remembered, and checking in is one digit away."""
    try:
        place = await accounts.scanned_place(ctx.openid, key, now=ctx.now)
    except Refusal:
        # A poster of a place that is no more: greet as if there were no code.
        return _greeting(ctx, "welcome.greeting", "welcome.greeting_again")
    ctx.account.scanned_id = place.id
    choices = [Choice(render(f"welcome.{name}"), do) for name, do in _POSTER]
    return menu("welcome.community", choices, community=place.name, account=_account_name(ctx))


_POSTER = (("do_check_in", "check_in.start"), ("do_posts", "posts.browse"), ("do_human", "human.call"))


def _with_slip(scene: str) -> Reply:
    """A personal slip was scanned: consent is asked first, then it is bound."""
    return confirm("binding.slip_scanned", "welcome.bind_scanned", args={"scene": scene})


def _greeting(ctx: Context, new: str, again: str) -> Reply:
    key = again if ctx.speakers else new
    choices = [Choice(render(f"welcome.{name}"), do) for name, do in _FIRST]
    return menu(key, choices, account=_account_name(ctx))


_FIRST = (
    ("do_check_in", "check_in.start"),
    ("do_bind", "binding.offer"),
    ("do_posts", "posts.browse"),
    ("do_human", "human.call"),
)


def _account_name(ctx: Context) -> str:
    return ctx.county.account_name or render("welcome.account")

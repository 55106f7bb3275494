"""设岗: a secretary opens a post in four steps, changes what it says, closes it and opens it again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, confirm, menu, say
from conversation.understanding import read_as
from handlers.help.posts import cleaning
from handlers.help.posts.router import router
from services.help import posts
from services.people import access
from texts import render, section
from texts.days import spoken_day

if TYPE_CHECKING:
    from models.help.posts import ServicePost

MOST_LISTED = 5


# Where to begin.


@router.intent("keep_posts")
async def keep_posts(ctx: Context) -> Reply:
    """新增岗位, 改3号岗位, 关掉3号岗位: what was said decides; whoever may not is given a person."""
    reach = await _reach(ctx)
    if not posts.may_keep_posts(reach):
        return Reply("").followed_by("human.call")
    if _says(ctx, "open_new"):
        return await _where(reach)
    number = read_as("claim_post", ctx.text).slots.get("number")
    found = await posts.kept(reach, number=int(number) if number else None)
    if not found:
        return say("posts.no_such_post_to_keep")
    if len(found) > 1:
        return _listed(found, _meant(ctx))
    return await _do(ctx.choosing({"post": found[0].id}), _meant(ctx))


def _says(ctx: Context, wanted: str) -> bool:
    return bool(re.search(section("posts", "setting_up")[wanted], ctx.text))


def _meant(ctx: Context) -> str:
    """The action that the words ask for, where one post is meant."""
    return next((f"posts.{do}" for do in ("ask_shut", "ask_reopen") if _says(ctx, do)), "posts.keep_one")


async def _do(ctx: Context, action: str) -> Reply:
    return await {"posts.ask_shut": ask_shut, "posts.ask_reopen": ask_reopen}.get(action, keep_one)(ctx)


async def _reach(ctx: Context) -> access.Reach:
    return await access.reach_of(ctx.person, ctx.today)


async def _post(ctx: Context) -> ServicePost:
    return await posts.of_keeper(int(ctx.chosen["post"]), await _reach(ctx))


def _listed(found: list[ServicePost], do: str) -> Reply:
    choices = [
        Choice(
            render("posts.kept_line", number=post.number, title=post.title, state=_state(post)), do, {"post": post.id}
        )
        for post in found[:MOST_LISTED]
    ]
    return menu("posts.kept_list", choices, count=len(found))


def _state(post: ServicePost) -> str:
    return str(section("posts", "post_states")[post.status])


# A new post.


async def _where(reach: access.Reach) -> Reply:
    places = await posts.places_for(reach)
    if len(places) == 1:
        return begin("open_post", place=places[0].id)
    choices = [Choice(place.name, "posts.open_at", {"place": place.id}) for place in places[:MOST_LISTED]]
    return menu("posts.open_where", choices)


@router.action()
async def open_at(ctx: Context) -> Reply:
    """The place is chosen, or the read-back was wrong: the questions."""
    return begin("open_post", place=int(ctx.chosen["place"]))


async def _described(ctx: Context, answers: Answers) -> Reply:
    new = {name: answers[name] for name in ("place", "title", "duties", "slots", "exertion")}
    return confirm(
        "posts.open_read_back",
        "posts.open_post",
        no=Choice("", "posts.open_at", {"place": new["place"]}),
        args=new,
        title=new["title"],
        duties=new["duties"] or render("posts.nothing_said"),
        slots=new["slots"],
        exertion=section("posts", "exertion")[new["exertion"]],
    )


router.dialog(
    Dialog(
        "open_post",
        (
            Step("title", "posts.ask_title", cleaning.clean_title),
            Step("duties", "posts.ask_duties", cleaning.clean_duties),
            Step("slots", "posts.ask_slots", cleaning.clean_slots),
            Step("exertion", "posts.ask_exertion", cleaning.clean_exertion),
        ),
        _described,
    )
)


@router.action()
async def open_post(ctx: Context) -> Reply:
    """Confirmed: it stands, with its number."""
    said = ctx.chosen
    new = posts.NewPost(str(said["title"]), said["duties"], int(said["slots"]), str(said["exertion"]))
    post = await posts.open_post(int(said["place"]), new, by=ctx.person, reach=await _reach(ctx), now=ctx.now)
    return say("posts.opened", number=post.number, title=post.title).undoable("posts.shut", post=post.id)


# Changing one.

_FIRST = ("title", "duties", "place", "slots")
_FURTHER = ("skills", "exertion", "period")


@router.action()
async def keep_one(ctx: Context) -> Reply:
    """One post: what of it to change."""
    post = await _post(ctx)
    choices = [*_to_change(post, _FIRST), Choice(render("posts.do_more"), "posts.keep_more", {"post": post.id})]
    return menu(
        "posts.keep_one",
        choices,
        number=post.number,
        title=post.title,
        taken=post.taken,
        slots=post.slots,
        state=_state(post),
    )


@router.action()
async def keep_more(ctx: Context) -> Reply:
    """What else can be changed, and closing or opening it."""
    post = await _post(ctx)
    args = {"post": post.id}
    last = ("do_reopen", "posts.ask_reopen") if post.status == posts.CLOSED else ("do_shut", "posts.ask_shut")
    choices = [
        *_to_change(post, _FURTHER),
        Choice(render(f"posts.{last[0]}"), last[1], args),
        Choice(render("posts.do_holders"), "posts.holders", {**args, "number": post.number}),
    ]
    return menu("posts.keep_more", choices, number=post.number, title=post.title)


def _to_change(post: ServicePost, fields: tuple[str, ...]) -> list[Choice]:
    names = section("posts", "fields")
    return [Choice(names[field], "posts.ask_change", {"post": post.id, "field": field}) for field in fields]


@router.action()
async def ask_change(ctx: Context) -> Reply:
    """The new value of one thing."""
    post = await _post(ctx)
    return begin("change_post", post=post.id, field=str(ctx.chosen["field"]))


def _step(field: str, clean: Any) -> Step:
    return Step(field, f"posts.ask_{field}", clean, needed=lambda answers: answers["field"] == field)


async def _changed(ctx: Context, answers: Answers) -> Reply:
    post = await _post(ctx.choosing(answers))
    field = str(answers["field"])
    value = answers[field]
    return confirm(
        "posts.change_read_back",
        "posts.keep_change",
        args={"post": post.id, "field": field, "value": value},
        number=post.number,
        title=post.title,
        what=section("posts", "fields")[field],
        value=_shown(field, value),
    )


router.dialog(
    Dialog(
        "change_post",
        (
            _step("title", cleaning.clean_title),
            _step("duties", cleaning.clean_duties),
            _step("place", cleaning.clean_place),
            _step("slots", cleaning.clean_slots),
            _step("skills", cleaning.clean_skills),
            _step("exertion", cleaning.clean_exertion),
            _step("period", cleaning.clean_period),
        ),
        _changed,
    )
)


def _shown(field: str, value: Any) -> str:
    """A value as people read it."""
    if field == "period":
        return _period_shown(*value)
    if field == "skills":
        known: Mapping[str, list[str]] = section("posts", "skills")
        value = render("words.comma").join(known[skill][0] if skill in known else skill for skill in value)
    if field == "exertion":
        value = section("posts", "exertion")[value]
    return str(value) if value else render("posts.nothing_said")


def _period_shown(since: str | None, until: str | None) -> str:
    if until is None:
        return render("posts.no_end")
    last = spoken_day(date.fromisoformat(until))
    if since is None:
        return render("posts.until_day", day=last)
    return render("posts.from_until", first=spoken_day(date.fromisoformat(since)), day=last)


@router.action()
async def keep_change(ctx: Context) -> Reply:
    """Confirmed: it says so from now on; within ten minutes as before."""
    post, field = await _post(ctx), str(ctx.chosen["field"])
    value, reach = ctx.chosen["value"], await _reach(ctx)
    before = await posts.change(post, field, value, by=ctx.person, reach=reach, now=ctx.now)
    what = section("posts", "fields")[field]
    reply = say("posts.changed", number=post.number, what=what, value=_shown(field, value))
    return reply.undoable("posts.keep_change", post=post.id, field=field, value=before)


# Closing and opening.


@router.action()
async def ask_shut(ctx: Context) -> Reply:
    """Read back who will be told before a post closes."""
    post = await _post(ctx)
    key = "posts.shut_ask" if post.taken else "posts.shut_ask_empty"
    args = {"post": post.id}
    return confirm(key, "posts.shut", args=args, number=post.number, title=post.title, taken=post.taken)


@router.action()
async def shut(ctx: Context) -> Reply:
    """Confirmed: closed; who held it is told once it can't be taken back any more."""
    done = await posts.shut(await _post(ctx), by=ctx.person, now=ctx.now)
    key = "posts.shut_done" if done.ended else "posts.shut_done_empty"
    reply = say(key, number=done.post.number, title=done.post.title, count=len(done.ended))
    return reply.undoable("posts.unshut", post=done.post.id, ended=[list(one) for one in done.ended])


@router.action()
async def unshut(ctx: Context) -> Reply:
    """点错了 after closing: everything stands as before, and nobody has heard of it."""
    post = await _post(ctx)
    ended = [(int(holding), str(was), day) for holding, was, day in ctx.chosen["ended"]]
    again = await posts.reopen(post, by=ctx.person, now=ctx.now, ended=ended)
    return say("posts.unshut", number=post.number, title=post.title, count=again)


@router.action()
async def ask_reopen(ctx: Context) -> Reply:
    """Read back before a closed post is offered again."""
    post = await _post(ctx)
    return confirm("posts.reopen_ask", "posts.reopen", args={"post": post.id}, number=post.number, title=post.title)


@router.action()
async def reopen(ctx: Context) -> Reply:
    """Confirmed: it can be claimed again."""
    post = await _post(ctx)
    await posts.reopen(post, by=ctx.person, now=ctx.now)
    return say("posts.reopened", number=post.number, title=post.title).undoable("posts.shut", post=post.id)

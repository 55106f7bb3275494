"""What staff do about posts: agree or refuse by number or name, see who holds what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, menu, say
from handlers.help.posts.router import router
from kit.errors import Refusal
from services.help import posts
from services.people import access, proposals
from texts import render, section

if TYPE_CHECKING:
    from models.help.posts import PostHolding, ServicePost

MOST_NAMES = 5


@router.intent("approve")
async def approve_said(ctx: Context) -> Reply:
    """同意3号, 同意李四友认领楼栋长: what is meant beyond doubt is done, else the list of what waits."""
    found = await _meant(ctx)
    if isinstance(found, Reply):
        return found
    return await _approved(ctx, found)


@router.intent("reject")
async def reject_said(ctx: Context) -> Reply:
    """不同意3号: the same, with the reason that was said or is asked for."""
    found = await _meant(ctx)
    if isinstance(found, Reply):
        return found
    if reason := ctx.slots.get("reason"):
        return await _rejected(ctx, found, reason)
    return begin("reject_post", holding=found.id, state=found.state)


async def _meant(ctx: Context) -> PostHolding | Reply:
    """The one thing to decide on that was named, or what to answer instead."""
    reach = await access.reach_of(ctx.person, ctx.today)
    if not reach.is_staff:
        return Reply("").followed_by("proposals.listed" if proposals.may_propose(reach) else "human.call")
    if any(word in ctx.text for word in section("posts", "words")["check_in"]):
        return Reply("").followed_by("check_in.waiting")
    number, name = ctx.slots.get("number"), ctx.slots.get("name")
    if number or name:
        found = await posts.to_review(reach, number=int(number) if number else None, name=name)
        if len(found) == 1:
            return found[0]
    return await _list(reach)


@router.action()
async def waiting(ctx: Context) -> Reply:
    """Claims and releases that wait for this person."""
    return await _list(await access.reach_of(ctx.person, ctx.today))


async def _list(reach: access.Reach) -> Reply:
    rows = await posts.to_review(reach)
    if not rows:
        return Reply("").followed_by("check_in.waiting")
    choices = [Choice(_review_line(row), "posts.review", {"holding": row.id, "state": row.state}) for row in rows]
    return menu("posts.review_list", choices, count=len(rows))


def _review_line(row: PostHolding) -> str:
    return render(f"posts.review_line_{row.state}", name=row.person.name, number=row.post.number, title=row.post.title)


@router.action()
async def review(ctx: Context) -> Reply:
    """One of them: agree or not."""
    row = await _open(ctx)
    key = "posts.to_review" if row.state == posts.PENDING else "posts.release_to_review"
    said = render(key, name=row.person.name, number=row.post.number, title=row.post.title)
    if leader := await proposals.proposer_of(row.id):
        said = render("posts.proposed_by", name=leader) + said
    args = {"holding": row.id, "state": row.state}
    return Reply(said, (Choice("", "posts.approve", args), Choice("", "posts.reject", args)))


async def _open(ctx: Context) -> PostHolding:
    """The holding chosen, if it still stands as it was shown; raises `posts.already_settled`."""
    row = await posts.open_one(int(ctx.chosen["holding"]), await access.reach_of(ctx.person, ctx.today))
    if row.state != ctx.chosen["state"]:
        raise Refusal("posts.already_settled")
    return row


@router.action()
async def approve(ctx: Context) -> Reply:
    """1 to what a notice or the list asked."""
    return await _approved(ctx, await _open(ctx))


async def _approved(ctx: Context, row: PostHolding) -> Reply:
    was = row.state
    await posts.approve(row, by=ctx.person, now=ctx.now, numbers=ctx.county.posts)
    key = "posts.approved_by_you" if was == posts.PENDING else "posts.released_by_you"
    reply = say(key, name=row.person.name, number=row.post.number, title=row.post.title)
    return reply.undoable("posts.reconsider", holding=row.id, was=was)


@router.action()
async def reject(ctx: Context) -> Reply:
    """2: for which reason?"""
    row = await _open(ctx)
    return begin("reject_post", holding=row.id, state=row.state)


async def _clean_reason(ctx: Context, text: str) -> str:
    if len(text.strip()) < 2:
        raise Refusal("posts.reason_wanted")
    return text.strip()[:30]


async def _reasoned(ctx: Context, answers: Answers) -> Reply:
    return await _rejected(ctx, await _open(ctx.choosing(answers)), str(answers["reason"]))


router.dialog(Dialog("reject_post", (Step("reason", "posts.ask_reason", _clean_reason),), _reasoned))


async def _rejected(ctx: Context, row: PostHolding, reason: str) -> Reply:
    was = row.state
    await posts.reject(row, reason, by=ctx.person, now=ctx.now, numbers=ctx.county.posts)
    reply = say("posts.rejected_by_you", name=row.person.name, number=row.post.number, title=row.post.title)
    return reply.undoable("posts.reconsider", holding=row.id, was=was)


@router.action()
async def reconsider(ctx: Context) -> Reply:
    """点错了 after a decision: it waits again."""
    row = await posts.open_one(int(ctx.chosen["holding"]), await access.reach_of(ctx.person, ctx.today))
    await posts.reconsider(row, str(ctx.chosen["was"]), by=ctx.person, now=ctx.now)
    return say("posts.reconsidered", name=row.person.name, number=row.post.number, title=row.post.title)


@router.action()
async def holders(ctx: Context) -> Reply:
    """3号岗有谁: for those whose task it is; without a number the list of posts."""
    reach = await access.reach_of(ctx.person, ctx.today)
    if not reach.is_staff:
        return Reply("").followed_by("human.call")
    number = ctx.chosen.get("number") or ctx.slots.get("number")
    found = await posts.in_reach(reach, number=int(number) if number else None)
    if "post" in ctx.chosen:
        found = [post for post in found if post.id == int(ctx.chosen["post"])]
    if len(found) == 1:
        return await _holders(found[0], reach)
    if not found:
        return say("posts.no_such_post")
    choices = [
        Choice(render("posts.posts_line", title=post.title, taken=post.taken, slots=post.slots), "posts.holders",
               {"post": post.id}, post.number)
        for post in found[:5]
    ]  # fmt: skip
    return menu("posts.all_posts", choices)


async def _holders(post: ServicePost, reach: access.Reach) -> Reply:
    rows, hidden = await posts.holders(post, reach)
    taken = len(rows) + hidden
    if not taken:
        return say("posts.no_holders", number=post.number, title=post.title, slots=post.slots)
    lines = [row.person.name for row in rows[:MOST_NAMES]]
    if taken > len(lines):
        lines.append(render("posts.holders_more", count=taken - len(lines)))
    return say(
        "posts.holders", number=post.number, title=post.title, taken=taken, slots=post.slots, holders="\n".join(lines)
    )

"""A retiree looks for a post near home and claims it by number, by name or from the list."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.reply import WORDS_ONLY, Choice, Reply, confirm, menu, say
from conversation.router import WHOM
from handlers.help.posts.router import router
from handlers.help.posts.wording import put_before_reviewer
from kit.errors import Refusal
from services.help import posts, wishes
from services.people import check_in, organisation
from texts import render, section
from texts.days import spoken_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.help.posts import ServicePost

_ADVICE = ("light_only", "risky", "stairs")


# What there is.


@router.action()
async def offers(ctx: Context) -> Reply:
    """The first suitable ones, as shown after a check-in; 更多 goes on with the whole list."""
    found = await posts.offers(ctx.person, today=ctx.today, numbers=ctx.county.posts)
    first = [offer for offer in found if offer.left][: ctx.county.check_in.offers]
    if not first:
        return say("posts.none_fit")
    return _listed("posts.offers", first, more_from=0 if len(found) > len(first) else None)


@router.intent("browse_posts", needs=(WHOM,))
async def browse(ctx: Context) -> Reply:
    """Posts near home that suit the person, some lines at a time; a post that was named comes alone.

    Looking needs neither consent nor a name (promise V3): then it is the list of the place, and nothing of the person.
    """
    if ctx.member is None or not ctx.has_consented:
        return await _for_anybody(ctx)
    is_wish = ctx.reading.intent == "browse_posts" and "start" not in ctx.chosen
    if is_wish and (found := await _named(ctx)):
        return await _one_of(ctx, found)
    said = str(ctx.chosen.get("said", ctx.text if is_wish else ""))
    suitable = await posts.offers(ctx.person, today=ctx.today, numbers=ctx.county.posts, said=said)
    start, length = int(ctx.chosen.get("start", 0)), ctx.county.posts.list_length
    page = suitable[start : start + length]
    if not page:
        return await _without_home(ctx) or say("posts.none_fit")
    goes_on = start + length if start + length < len(suitable) else None
    return _listed("posts.browse", page, more_from=goes_on, said=said, count=len(suitable))


async def _without_home(ctx: Context) -> Reply | None:
    """Posts are near home: who has none here checks in first, and who has done so waits for the answer."""
    if await organisation.community_of(ctx.person):
        return None
    row = await check_in.latest_of(ctx.person)
    if row is not None and row.state in check_in.WAITING:
        return say("posts.check_in_waits", day=spoken_day(row.due_on))
    return say("posts.not_checked_in")


async def _for_anybody(ctx: Context) -> Reply:
    """What the place that was scanned has, else the county's; consent is asked when one is chosen."""
    place = await wishes.place_of(None, ctx.account.scanned_id)
    open_now = await posts.shown_at(place, ctx.today) if place else []
    start, length = int(ctx.chosen.get("start", 0)), ctx.county.posts.list_length
    page = open_now[start : start + length]
    if not page:
        return say("posts.none_open")
    goes_on = start + length if start + length < len(open_now) else None
    return _listed("posts.open_now", page, more_from=goes_on, count=len(open_now))


async def _named(ctx: Context) -> Sequence[ServicePost]:
    """The posts that the wish itself names: "现在招楼栋长不"."""
    found = await posts.mentioned(ctx.person, ctx.text, ctx.today)
    if not found and (name := ctx.slots.get("name")):
        found = await posts.by_name(ctx.person, name, ctx.today)
    return found


def _listed(key: str, page: Sequence[posts.Offer], *, more_from: int | None, said: str = "", **facts: object) -> Reply:
    """Lines that begin with the post's own number: elders say 三号."""
    shared = Counter(offer.post.number for offer in page)
    choices = [_line(offer, is_shared=shared[offer.post.number] > 1) for offer in page]
    if more_from is None:
        return menu(key, choices, tail="posts.pick", **facts)
    choices.append(Choice(render("posts.more"), "posts.browse", {"start": more_from, "said": said[:60]}, WORDS_ONLY))
    return menu(key, choices, tail="posts.pick_or_more", **facts)


def _line(offer: posts.Offer, *, is_shared: bool) -> Choice:
    post = offer.post
    exertion = section("posts", "exertion").get(post.exertion, post.exertion)
    key = "posts.line" if offer.left else "posts.line_full"
    label = render(key, title=post.title, exertion=exertion, left=offer.left)
    if is_shared:
        return Choice(label, "posts.numbered", {"number": post.number}, post.number)
    return Choice(label, "posts.look", {"post": post.id}, post.number)


# Claiming.


@router.intent("claim_post")
async def claim(ctx: Context) -> Reply:
    """认领: by number, else by name, else from the list; always read back first."""
    if any(word in ctx.text for word in section("posts", "words")["who"]):
        return Reply("").followed_by("posts.holders", number=ctx.slots.get("number"))
    if number := ctx.slots.get("number"):
        return await _by_number(ctx, int(number))
    if found := await _named(ctx):
        return await _one_of(ctx, found)
    if said := ctx.slots.get("name"):
        return await _no_such(ctx, "posts.no_such_name", title=said[:14])
    return Reply("").followed_by("posts.browse", start=0)


@router.action()
async def numbered(ctx: Context) -> Reply:
    """The post of this number; community and township may both have one."""
    return await _by_number(ctx, int(ctx.chosen["number"]))


async def _by_number(ctx: Context, number: int) -> Reply:
    found = await posts.by_number(ctx.person, number, ctx.today)
    if not found:
        return await _no_such(ctx, "posts.no_such_number", number=number)
    return await _one_of(ctx, found)


async def _no_such(ctx: Context, key: str, **facts: object) -> Reply:
    """What was asked for is not there, and what is; nothing is where nobody has a home yet."""
    return await _without_home(ctx) or say(key, **facts).followed_by("posts.browse", start=0)


async def _one_of(ctx: Context, found: Sequence[ServicePost]) -> Reply:
    if len(found) == 1:
        return await _ask(ctx, found[0])
    choices = [
        Choice(
            render("posts.which_line", number=post.number, title=post.title, place=post.organisation.name),
            "posts.look",
            {"post": post.id},
        )
        for post in found[:5]
    ]
    return menu("posts.which", choices)


@router.action()
async def look(ctx: Context) -> Reply:
    """A post from a list: read back."""
    return await _ask(ctx, await _near(ctx))


async def _near(ctx: Context) -> ServicePost:
    post = await posts.by_id(ctx.person, int(ctx.chosen["post"]), ctx.today)
    if post is None:
        raise Refusal("conversation.gone")
    return post


async def _ask(ctx: Context, post: ServicePost) -> Reply:
    """Read back; a full post offers its queue, what is only advised is said gently (promise V16)."""
    mine = await posts.my_posts(ctx.person)
    if held := next((one for one in mine if one.post_id == post.id), None):
        return _is_mine(held)
    to_list = Choice("", "posts.browse", {"start": 0})
    if post.taken >= post.slots:
        return _full(post, no=to_list)
    limit = ctx.county.posts.max_posts
    is_many = sum(one.state != posts.WAITLISTED for one in mine) >= limit
    advice = posts.advice_for(post, ctx.person, today=ctx.today, numbers=ctx.county.posts)
    key = next((f"posts.read_back_{one}" for one in _ADVICE if one in advice), "posts.read_back")
    return confirm(
        "posts.read_back_many" if is_many else key,
        "posts.take",
        no=to_list,
        args={"post": post.id, "insists": is_many},
        limit=limit,
        number=post.number,
        title=post.title,
    )


def _full(post: ServicePost, *, no: Choice | None = None) -> Reply:
    return confirm("posts.full_ask", "posts.queue", no=no, args={"post": post.id}, number=post.number, title=post.title)


def _is_mine(held: posts.Held) -> Reply:
    """What the person already has of this post."""
    number, title = held.number, held.title
    if held.state == posts.PAUSED:
        return confirm(
            "posts.resume_ask", "posts.resume", args={"holding": held.holding_id}, number=number, title=title
        )
    if held.state == posts.WAITLISTED:
        return say("posts.already_waiting", queue=held.queue, number=number, title=title)
    return say("posts.already_held", number=number, title=title)


@router.action()
async def take(ctx: Context) -> Reply:
    """Confirmed: claimed, unless the last place has gone meanwhile; then the queue is offered."""
    post = await _near(ctx)
    insists = bool(ctx.chosen.get("insists"))
    try:
        claimed = await posts.claim(post, ctx.person, now=ctx.now, numbers=ctx.county.posts, insists=insists)
    except Refusal as refusal:
        if refusal.key != "posts.full":
            raise
        return _full(post)
    return _claimed(claimed)


def _claimed(claimed: posts.Claimed) -> Reply:
    row = claimed.holding
    reply = put_before_reviewer(claimed, quiet="posts.claimed", reviewed="posts.claimed_reviewed")
    if posts.goes_in_pairs(row.post):
        reply = Reply(reply.text + render("posts.pairs"))
    return reply.undoable("posts.unclaim", holding=row.id)


@router.action()
async def unclaim(ctx: Context) -> Reply:
    """点错了, or no more waiting: the place goes to the next."""
    row = await posts.withdraw(int(ctx.chosen["holding"]), ctx.person, now=ctx.now, numbers=ctx.county.posts)
    return say("posts.withdrawn", number=row.post.number, title=row.post.title)


@router.action()
async def queue(ctx: Context) -> Reply:
    """Onto the waiting list."""
    post = await _near(ctx)
    row, place = await posts.wait(post, ctx.person, now=ctx.now, numbers=ctx.county.posts)
    reply = say("posts.queued", number=post.number, title=post.title, queue=place)
    return reply.undoable("posts.unclaim", holding=row.id)


@router.action()
async def take_offer(ctx: Context) -> Reply:
    """要: the place that came free is theirs."""
    return _claimed(
        await posts.take_offer(int(ctx.chosen["holding"]), ctx.person, now=ctx.now, numbers=ctx.county.posts)
    )


@router.action()
async def decline_offer(ctx: Context) -> Reply:
    """不要: the next one is asked."""
    await posts.withdraw(int(ctx.chosen["holding"]), ctx.person, now=ctx.now, numbers=ctx.county.posts)
    return say("posts.offer_declined")

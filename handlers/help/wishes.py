"""What the product can't do yet is never a dead end: read back, put on a named person's list, said who will call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, confirm, menu, say
from conversation.router import CONSENT, WHOM, Router
from handlers.help.questions import about_notice
from kit.errors import Refusal
from services.help import voices, wishes
from services.people import staff
from texts import render, section

if TYPE_CHECKING:
    from models.help.wishes import Wish

router = Router("wishes")

KINDS = (
    "order_service",
    "order_status",
    "accept_order",
    "decline_order",
    "report_problem",
    "ask_points",
    "redeem_points",
    "ask_activities",
    "join_activity",
    "leave_activity",
    "sign_in_activity",
    "ask_courses",
    "enrol_course",
    "book_venue",
    "ask_dues",
    "ask_transfer",
    "study_material",
    "swap_duty",
    "ask_doctor",
    "family_proxy",
    "query_stats",
)


@router.intent("family_proxy", needs=())
async def for_family(ctx: Context) -> Reply:
    """帮我妈报到 is a check-in, also before consent, which keeps none of these words; all else is a wish."""
    if any(word in ctx.text for word in section("check_in", "words")["check_in"]):
        return Reply("").followed_by("check_in.on_behalf")
    return Reply("").followed_by("wishes.wish", intent="family_proxy")


@router.intent(*(kind for kind in KINDS if kind != "family_proxy"), needs=(CONSENT, WHOM))
async def wish(ctx: Context) -> Reply:
    """Read back what was understood; one word alone is asked about first."""
    kind = ctx.chosen.get("intent") or ctx.reading.intent
    if kind in _OF_STAFF and not await staff.is_staff(ctx.owner, ctx.today):
        return Reply("").followed_by("human.call")
    if kind in KINDS and kind != ctx.reading.intent:
        return begin("wish", kind=kind)
    if kind not in KINDS or len(ctx.text.strip()) < 2:
        return menu(
            "wishes.which",
            [Choice(section("intents", "titles")[one], f"wishes.say_{one}") for one in _COMMON],
        )
    words, title = ctx.text.strip()[:_SHOWN], section("intents", "titles")[kind]
    args = {"kind": kind, "words": ctx.text[:300]}
    if kind in _OF_A_NOTICE and (ask := await about_notice(ctx)):
        return menu("wishes.which", [*ask, Choice(title, "wishes.keep", args)])
    return confirm("wishes.read_back_as", "wishes.keep", args=args, wish=words, title=title)


_SHOWN = 30
_OF_STAFF = frozenset({"query_stats"})
"""Asked by anybody else these mean a human (domain §3.4 rule 7)."""
_OF_A_NOTICE = frozenset({"ask_activities", "join_activity", "leave_activity", "ask_courses", "enrol_course"})
"""What somebody who was just told of a meeting may mean by it: 在哪个楼开会, 家里有事来不了."""
_COMMON = ("order_service", "report_problem", "ask_activities", "ask_doctor")


async def _say_more(ctx: Context, kind: str) -> Reply:
    return begin("wish", kind=kind)


def _sayer(kind: str) -> None:
    async def say_more(ctx: Context) -> Reply:
        return await _say_more(ctx, kind)

    say_more.__name__ = f"say_{kind}"
    router.action(needs=(CONSENT,))(say_more)


for _kind in _COMMON:
    _sayer(_kind)


async def _clean_words(ctx: Context, text: str) -> str:
    if len(text.strip()) < 2:
        raise Refusal("wishes.say_more")
    return text.strip()[:300]


async def _wished(ctx: Context, answers: Answers) -> Reply:
    return await _kept(ctx, str(answers["kind"]), str(answers["words"]))


router.dialog(Dialog("wish", (Step("words", "wishes.ask_words", _clean_words),), _wished))


@router.action(needs=(CONSENT,))
async def keep(ctx: Context) -> Reply:
    """Confirmed: on the list, and who will call."""
    return await _kept(ctx, ctx.chosen["kind"], ctx.chosen["words"])


async def _kept(ctx: Context, kind: str, words: str) -> Reply:
    asking = wishes.Asking(ctx.openid, ctx.subject, await wishes.place_of(ctx.subject, ctx.account.scanned_id))
    kept = await wishes.keep(kind, asking, now=ctx.now, words=words)
    phone = kept.phone or ctx.county.phone or "120"
    if kept.keeper is None:
        return say("wishes.kept_by_phone", phone=phone)
    return say("wishes.kept", name=kept.keeper.name, phone=phone).undoable("wishes.take_back", wish=kept.wish.id)


@router.action(needs=())
async def take_back(ctx: Context) -> Reply:
    """点错了: the wish was not meant."""
    gone = await wishes.withdraw(int(ctx.chosen["wish"]), ctx.openid)
    return say("wishes.taken_back" if gone else "wishes.too_late")


@router.intent("waiting_wishes")
async def mine(ctx: Context) -> Reply:
    """What waits on this person's list."""
    waiting = await wishes.list_of(ctx.person)
    if not waiting:
        return say("wishes.none")
    choices = [Choice(await _title(one), "wishes.open_one", {"wish": one.id}) for one in waiting]
    return menu("wishes.mine", choices, count=await wishes.count_of(ctx.person))


async def _title(wish: Wish) -> str:
    person = await wishes.who_wished(wish)
    kind = section("wishes", "kinds").get(wish.kind) or section("intents", "titles").get(wish.kind, wish.kind)
    return render("wishes.line", name=person.name if person else render("wishes.stranger"), kind=kind)


@router.action()
async def open_one(ctx: Context) -> Reply:
    """One wish, to its keeper only: who, what, and what became of it."""
    wish = await wishes.one_of(int(ctx.chosen["wish"]), ctx.person)
    if wish.kind == "binding":
        return Reply("").followed_by("binding.check", wish=wish.id)
    if wish.kind == "voice":
        await _play(ctx, wish)
    choices = [
        Choice(render(f"wishes.result_{result}"), "wishes.settle", {"wish": wish.id, "result": result})
        for result in ("done", "passed_on")
    ]
    return menu(
        "wishes.detail",
        choices,
        title=await _title(wish),
        words=await staff.words_of(wish),
        phone=await staff.phone_for_wish(wish),
    )


async def _play(ctx: Context, wish: Wish) -> None:
    """The voice itself follows the list, to this account and no other."""
    if await voices.is_there(wish.id, now=ctx.now):
        person = await wishes.who_wished(wish)
        name = person.name if person else render("wishes.stranger")
        await voices.play(wish.id, ctx.openid, name=name, now=ctx.now)


@router.action()
async def settle(ctx: Context) -> Reply:
    """The keeper says what became of it."""
    wish = await wishes.one_of(int(ctx.chosen["wish"]), ctx.person)
    await wishes.settle(wish, by=ctx.person, result=ctx.chosen["result"], now=ctx.now)
    return say("wishes.done").undoable("wishes.reopen", wish=wish.id)


@router.action()
async def reopen(ctx: Context) -> Reply:
    """The wrong one was settled."""
    wish = await wishes.one_of(int(ctx.chosen["wish"]), ctx.person)
    await wishes.take_back(wish.id, now=ctx.now)
    return say("wishes.reopened")

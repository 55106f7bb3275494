"""没听懂的话: people in office see what was not understood and say what it means; from then on it means that."""

from __future__ import annotations

from collections.abc import Mapping, Set

from conversation import learned
from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, menu, say
from conversation.router import MEMBER, Router
from conversation.understanding import counts_as, read
from kit.errors import Refusal
from services.help import heard
from services.people import access, audit, staff
from services.people.access import Reach
from texts import render

router = Router("heard")

LISTED, GUESSED, SHOWN = 5, 3, 24


@router.intent("unheard", needs=())
async def listed(ctx: Context) -> Reply:
    """The commonest first; who holds no office is given a human (domain §3.4 rule 7)."""
    if not await staff.is_staff(ctx.owner, ctx.today):
        return Reply("").followed_by("human.call")
    waiting = await heard.waiting(await _reach(ctx))
    if not waiting:
        return say("heard.none")
    choices = [
        Choice(render("heard.line", words=one.words[:SHOWN], count=one.count), "heard.open_one", {"heard": one.id})
        for one in waiting[:LISTED]
    ]
    return menu("heard.list", choices, count=len(waiting))


async def _reach(ctx: Context) -> Reach:
    if ctx.owner is None or not await staff.is_staff(ctx.owner, ctx.today):
        raise Refusal("access.unknown")
    return await access.reach_of(ctx.owner, ctx.today)


@router.action(needs=(MEMBER,))
async def open_one(ctx: Context) -> Reply:
    """One phrase, with what was guessed; something else is said in words."""
    phrase = await heard.one_of(int(ctx.chosen["heard"]), await _reach(ctx))
    known = heard.meanings_known()
    guesses = [one for one in phrase.guesses if one in known][:GUESSED]
    choices = [Choice(known[one], "heard.means", {"heard": phrase.id, "intent": one}) for one in guesses]
    choices.append(Choice(render("heard.other"), "heard.say_it", {"heard": phrase.id}))
    choices.append(Choice(render("heard.aside"), "heard.put_aside", {"heard": phrase.id}))
    return menu("heard.open", choices, words=phrase.words)


@router.action(needs=(MEMBER,))
async def say_it(ctx: Context) -> Reply:
    """None of the guesses: the meaning in a few words."""
    return begin("heard_meaning", heard=int(ctx.chosen["heard"]))


def _sayable(known: Mapping[str, str]) -> Set[str]:
    """What may be said in other words than its title; small talk is only meant by its very name."""
    return known.keys() - {"none", "emergency"}


async def _clean_meaning(ctx: Context, text: str) -> str:
    """The intent whose title was said, else what the words themselves mean; raises `heard.not_clear`."""
    known, said = heard.meanings_known(), text.strip()
    titled = [intent for intent, title in known.items() if said == title]
    reading = read(said)
    meant = titled[0] if titled else counts_as(reading.intent)
    if not titled and (meant not in _sayable(known) or not reading.is_sure):
        raise Refusal("heard.not_clear")
    return meant


async def _said(ctx: Context, answers: Answers) -> Reply:
    return await _learn(ctx, int(answers["heard"]), str(answers["meaning"]))


router.dialog(Dialog("heard_meaning", (Step("meaning", "heard.ask_meaning", _clean_meaning),), _said, needs=(MEMBER,)))


@router.action(needs=(MEMBER,))
async def means(ctx: Context) -> Reply:
    """One of the guesses it was."""
    return await _learn(ctx, int(ctx.chosen["heard"]), str(ctx.chosen["intent"]))


async def _learn(ctx: Context, heard_id: int, intent: str) -> Reply:
    phrase = await heard.one_of(heard_id, await _reach(ctx))
    title = await heard.means(phrase, intent, by=audit.by_person(ctx.person), now=ctx.now)
    # Other processes hear of it within half a minute (`bot/learning`).
    learned.load(await heard.meanings())
    return say("heard.learned", words=phrase.words, meaning=title).undoable("heard.take_back", heard=heard_id)


@router.action(needs=(MEMBER,))
async def put_aside(ctx: Context) -> Reply:
    """It means nothing that can be done here."""
    phrase = await heard.one_of(int(ctx.chosen["heard"]), await _reach(ctx))
    await heard.put_aside(phrase, by=audit.by_person(ctx.person), now=ctx.now)
    return say("heard.put_aside").undoable("heard.take_back", heard=phrase.id)


@router.action(needs=(MEMBER,))
async def take_back(ctx: Context) -> Reply:
    """点错了: it waits again."""
    by = audit.by_person(ctx.person)
    await heard.take_back(int(ctx.chosen["heard"]), await _reach(ctx), by=by, now=ctx.now)
    learned.load(await heard.meanings())
    return say("heard.back")

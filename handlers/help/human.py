"""帮忙: a person, everywhere; guesses when unsure; something useful for what has no words."""

from __future__ import annotations

from collections.abc import Mapping

from conversation.context import Context
from conversation.reply import Choice, Reply, confirm, menu, say
from conversation.router import CONSENT, Router
from conversation.understanding import Reading
from handlers.help.questions import about_notice
from services.county import guards
from services.help import heard, voices, wishes
from services.people import members, staff
from texts import render, section
from wechat.messages import (
    File,
    Image,
    Link,
    Location,
    MiniProgramPage,
    ShortVideo,
    Unknown,
    Unsupported,
    Video,
    Voice,
)

router = Router("human")

MOST_GUESSES = 3


@router.action(needs=())
async def call(ctx: Context) -> Reply:
    """A human, please: on a named person's list, and the reply says whose."""
    return await _on_the_list(ctx, "talk_to_secretary", ctx.text)


@router.intent("talk_to_secretary", needs=())
async def talk(ctx: Context) -> Reply:
    """The same, said in words."""
    return await call(ctx)


@router.action(needs=())
async def guess(ctx: Context) -> Reply:
    """Unsure: two or three numbered guesses; twice unsure: a person and a telephone number too (promise E12)."""
    if not any(map(str.isalnum, ctx.text)):
        return say("human.sticker")
    if len(ctx.text) > _LONGEST_WISH:
        return say("human.too_long", phone=await phone_of(ctx))
    names = await _offered(ctx)
    if members.is_bare_name(ctx.text):
        # Whoever writes a name, mostly the own one, is never asked whether somebody has died.
        names.pop("report_death")
    likely = _likely(ctx.reading, names)
    words = {"guessed_from": ctx.text} if ctx.has_consented else {}
    if ctx.has_consented:
        await heard.keep(ctx.openid, ctx.text, likely[:MOST_GUESSES], person=ctx.subject, now=ctx.now)
    choices = await about_notice(ctx)
    choices += [Choice(names[intent], intent, words) for intent in likely[: MOST_GUESSES - len(choices)]]
    choices += [] if choices else [Choice(names["ask_help"], "help.menu")]
    choices.append(Choice(render("human.somebody"), "human.call"))
    if int(ctx.chosen.get("misses", 1)) < 2:
        return menu("human.not_understood", choices)
    return menu("human.not_understood_again", choices, phone=await phone_of(ctx))


_LONGEST_WISH = 300
"""What is longer is a forwarded article or a slip of the keyboard: guessing what it asks for helps nobody."""
_GUESSED_FROM, _GRAVE_FROM = 0.03, 0.2
"""The least share of a guess; nobody is asked about a death unless the words are really like it."""


def _likely(reading: Reading, names: Mapping[str, str]) -> list[str]:
    """What the words may mean, the likeliest first."""
    shares = {reading.intent: reading.confidence} | dict(reading.runners_up)
    least = dict.fromkeys(shares, _GUESSED_FROM) | {"report_death": _GRAVE_FROM}
    return [intent for intent, share in shares.items() if intent in names and share >= least[intent]]


async def _offered(ctx: Context) -> dict[str, str]:
    """The intents that may be guessed, with their titles; what only office holders do is guessed of nobody else."""
    titles: dict[str, str] = dict(section("intents", "titles"))
    if await staff.is_staff(ctx.owner, ctx.today):
        return titles
    return {intent: title for intent, title in titles.items() if intent not in section("intents", "staff")["only"]}


@router.event(Voice)
async def voice(ctx: Context) -> Reply:
    """A voice is kept for a human ear; the platform recognises none any more (promise E14)."""
    media = ctx.message.media_id if isinstance(ctx.message, Voice) else ""
    if len(media) > voices.LONGEST_MEDIA_ID:
        # Nothing the platform would ever give back: the voice counts, not the sound.
        media = ""
    if not ctx.has_consented:
        asked = {"then": "human.voice_agreed", "args": {"media": media}}
        return say("human.voice_first").followed_by("consents.ask", **asked)
    return await _onto_the_list(ctx, media)


@router.action(needs=(CONSENT,))
async def voice_agreed(ctx: Context) -> Reply:
    """The voice that came before the consent: now somebody may hear it."""
    return await _onto_the_list(ctx, str(ctx.chosen["media"]))


async def _onto_the_list(ctx: Context, media: str) -> Reply:
    kept = await wishes.keep("voice", await _asking(ctx), now=ctx.now, media_id=media)
    may_keep = await voices.may_keep(ctx.openid, ctx.owner)
    await voices.take_in(kept.wish.id, ctx.openid, media, may_keep=may_keep, now=ctx.now)
    reply = await _voice_taken(ctx, kept, asks=not may_keep)
    return reply.undoable("human.voice_back", wish=kept.wish.id)


async def _voice_taken(ctx: Context, kept: wishes.Kept, *, asks: bool) -> Reply:
    """Whose ear it is for; once in a while whether the recording may be kept (its own consent, promise V2)."""
    if kept.keeper is None:
        return say("human.voice_unknown", phone=kept.phone or await phone_of(ctx))
    if not asks or not await voices.should_ask(ctx.openid, now=ctx.now):
        return say("human.voice", name=kept.keeper.name)
    refuse = Choice("", "human.voice_pass", {"name": kept.keeper.name})
    return confirm("human.voice_ask", "human.voice_keep", no=refuse, args={}, name=kept.keeper.name)


@router.action(needs=(CONSENT,))
async def voice_keep(ctx: Context) -> Reply:
    """Yes: recordings are kept for a human ear, thirty days at most."""
    await voices.agree(ctx.openid, ctx.owner, version=ctx.county.privacy_version, now=ctx.now)
    return say("human.voice_kept")


@router.action(needs=())
async def voice_pass(ctx: Context) -> Reply:
    """No: it is passed on all the same, and not kept."""
    return say("human.voice_passed", name=str(ctx.chosen["name"]))


@router.action(needs=())
async def voice_back(ctx: Context) -> Reply:
    """点错了: the voice was not meant; it goes from the list and from here."""
    if not await wishes.withdraw(int(ctx.chosen["wish"]), ctx.openid):
        return say("wishes.too_late")
    await voices.forget(int(ctx.chosen["wish"]))
    return say("wishes.taken_back")


@router.action(needs=())
async def heard_right(ctx: Context) -> Reply:
    """What a speech service heard is right: now it counts as if it had been typed."""
    words = await voices.words_of(int(ctx.chosen["voice"]), ctx.openid)
    return Reply("", said=words) if words else say("conversation.gone")


@router.action(needs=())
async def heard_wrong(ctx: Context) -> Reply:
    """It is not: the voice still waits for a human ear."""
    return say("human.heard_wrongly", phone=await phone_of(ctx))


@router.event(Image, Video, ShortVideo)
async def picture(ctx: Context) -> Reply:
    """A picture or film."""
    return say("human.picture", phone=await phone_of(ctx))


@router.event(File, Unknown)
async def something_else(ctx: Context) -> Reply:
    """A file, or a kind of message that came after this release."""
    return say("human.something_else", phone=await phone_of(ctx))


@router.event(Location)
async def location(ctx: Context) -> Reply:
    """A place on the map: nothing of it stays; only its name is passed on, where the guard against tracks is open."""
    place = ctx.message.label if isinstance(ctx.message, Location) and ctx.has_consented else ""
    phone = await phone_of(ctx)
    if not place or await guards.holds(guards.TRACKS):
        return say("human.location", phone=phone)
    kept = await wishes.keep("location", await _asking(ctx), now=ctx.now, words=place[:_LONGEST_PLACE])
    if kept.keeper is None:
        return say("human.location", phone=phone)
    return say("human.location_passed", name=kept.keeper.name, phone=phone)


_LONGEST_PLACE = 100


@router.event(Link, MiniProgramPage)
async def link(ctx: Context) -> Reply:
    """A forwarded link may be a fraud: never opened, always answered."""
    return say("human.link", phone=await phone_of(ctx))


@router.event(Unsupported)
async def sticker(ctx: Context) -> Reply:
    """A sticker."""
    return say("human.sticker")


async def phone_of(ctx: Context) -> str:
    """The number a reply names for this account."""
    return await wishes.phone_for(ctx.subject, ctx.account.scanned_id) or ctx.county.phone or "120"


async def _asking(ctx: Context) -> wishes.Asking:
    return wishes.Asking(ctx.openid, ctx.subject, await wishes.place_of(ctx.subject, ctx.account.scanned_id))


async def _on_the_list(ctx: Context, kind: str, words: str) -> Reply:
    kept = await wishes.keep(kind, await _asking(ctx), now=ctx.now, words=words if ctx.has_consented else None)
    phone = kept.phone or ctx.county.phone or "120"
    if kept.keeper is None:
        return say("human.nobody", phone=phone)
    return say("human.coming", name=kept.keeper.name, phone=phone).undoable("wishes.take_back", wish=kept.wish.id)

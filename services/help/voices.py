"""Voices (语音): passed on to the named person who hears them, kept only where their owner agreed (E14, V2)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from delivery.outbox import Asked, Letter, post_notice, to_openid
from models.help.voices import KEPT, LOST, NEW, Voice
from models.people.members import Person
from services.people import consents
from texts import render

WITH_THE_PLATFORM = timedelta(days=3)
"""How long the platform hands a sound out (wechat.md §3.9)."""
LONGEST_MEDIA_ID = 200
PURPOSE = "voice"
_ASK_AGAIN = timedelta(days=30)
_LEASE = timedelta(seconds=60)
_MOST_ATTEMPTS = 5
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fetching:
    """A sound to be fetched from the platform."""

    id: int
    openid: str
    media_id: str


async def take_in(wish_id: int, openid: str, media_id: str, *, may_keep: bool, now: datetime) -> None:
    """A voice has come, for the wish on somebody's list."""
    await Voice.create(wish_id=wish_id, openid=openid, media_id=media_id, may_keep=may_keep, made_at=now, next_at=now)


async def may_keep(openid: str, person: Person | None) -> bool:
    """Whether the owner of the account agreed that recordings are kept."""
    return await consents.agreed(PURPOSE, person=person, openid=openid)


async def should_ask(openid: str, *, now: datetime) -> bool:
    """Whether to ask about keeping: not again and again of somebody who said no or nothing."""
    return not await Voice.filter(openid=openid, made_at__gt=now - _ASK_AGAIN, made_at__lt=now).exists()


async def agree(openid: str, person: Person | None, *, version: str, now: datetime) -> None:
    """The owner agrees: what the platform still has is kept from now on."""
    await consents.give(PURPOSE, version=version, now=now, person=person, openid=None if person else openid)
    await Voice.filter(openid=openid, state=NEW).update(may_keep=True, next_at=now)


async def forget_all(openid: str, person: Person | None, *, now: datetime) -> None:
    """The owner takes the consent back: nothing that was kept stays."""
    await consents.withdraw(PURPOSE, now=now, person=person)
    await consents.withdraw(PURPOSE, now=now, openid=openid)
    await Voice.filter(openid=openid).delete()


async def forget(wish_id: int) -> None:
    """The voice was not meant."""
    await Voice.filter(wish_id=wish_id).delete()


async def to_fetch(now: datetime) -> list[int]:
    """Sounds that may be kept and are not here yet."""
    due = Voice.filter(state=NEW, may_keep=True, next_at__lte=now).order_by("id").limit(20)
    return [row.id for row in await due.only("id")]


async def claim(voice_id: int, *, now: datetime) -> Fetching | None:
    """This process fetches it; None if another one does, or it is too late."""
    free = Voice.filter(id=voice_id, state=NEW, may_keep=True, next_at__lte=now)
    if not await free.update(next_at=now + _LEASE):
        return None
    row = await Voice.get(id=voice_id)
    if not row.media_id or not row.openid or now - row.made_at > WITH_THE_PLATFORM or row.attempts >= _MOST_ATTEMPTS:
        await Voice.filter(id=voice_id).update(state=LOST)
        return None
    await Voice.filter(id=voice_id).update(attempts=row.attempts + 1)
    return Fetching(row.id, row.openid, row.media_id)


async def keep(voice_id: int, sound: bytes, words: str | None) -> None:
    """The sound, sealed, and what was recognised in it; it may have been forgotten meanwhile."""
    row = await Voice.get_or_none(id=voice_id, may_keep=True)
    if row is not None:
        row.state, row.sound, row.words = KEPT, b64encode(sound).decode(), words or None
        await row.save(update_fields=["state", "sound", "words"])


async def lose(voice_id: int) -> None:
    """The platform has it no more."""
    await Voice.filter(id=voice_id).update(state=LOST)


async def ask_back(voice_id: int, openid: str, words: str, *, now: datetime) -> None:
    """What was recognised is read back to who spoke, and acted upon only after a yes."""
    asks = tuple(Asked(render(f"human.heard_{said}"), f"human.heard_{said}", {"voice": voice_id}) for said in _ANSWERS)
    letter = Letter("human.heard", {"words": words[:_SHOWN]}, in_reply=True, asks=asks)
    await post_notice(to_openid(openid), letter, once=f"voice:{voice_id}:heard", now=now)


_ANSWERS = ("right", "wrong")


async def words_of(voice_id: int, openid: str) -> str:
    """What was recognised in one's own voice; empty if it is gone."""
    row = await Voice.get_or_none(id=voice_id, openid=openid)
    return (row.words if row else None) or ""


async def is_there(wish_id: int, *, now: datetime) -> bool:
    """Whether the voice of this wish can still be heard, here or from the platform."""
    row = await Voice.get_or_none(wish_id=wish_id)
    return row is not None and (row.state == KEPT or (bool(row.media_id) and now - row.made_at < WITH_THE_PLATFORM))


async def play(wish_id: int, openid: str, *, name: str, now: datetime) -> None:
    """Send the voice on to the account of whoever keeps the wish: an answer to what they have just pressed."""
    letter = Letter("wishes.voice_of", {"name": name}, topic="work", in_reply=True, picture=f"voice:{wish_id}")
    await post_notice(to_openid(openid), letter, once=f"wish:{wish_id}:voice:{int(now.timestamp())}", now=now)


async def sound_of(wish_id: int) -> tuple[bytes | None, str]:
    """The sound if it is kept here, and by which id the platform has it."""
    row = await Voice.get_or_none(wish_id=wish_id)
    if row is None:
        return None, ""
    return (b64decode(row.sound) if row.sound else None), row.media_id or ""

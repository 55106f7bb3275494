"""Fetches voices that may be kept, and where the county has a way of hearing, reads back what was said."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.answering import answer_again
from bot.house import House
from bot.speech import MOST_SOUND
from conversation.understanding import is_fraud, read
from delivery.outbox import URGENT, Letter, post_notice, to_openid
from models.database import transaction
from scheduler.job import Deps, Job, job
from services.help import voices
from services.help.voices import Fetching
from wechat.errors import Verdict, WeChatError
from wechat.messages import read as read_message

log = structlog.get_logger()


def listening_job(house: House) -> Job:
    """The timed job of this process."""

    @job(every=3)
    async def listening(now: datetime, deps: Deps) -> dict[str, int]:
        """Every few seconds: what the platform still has and may be kept comes here; one process takes each."""
        counted = {"kept": 0, "again": 0, "lost": 0, "recognised": 0}
        for voice_id in await voices.to_fetch(now):
            async with transaction():
                fetching = await voices.claim(voice_id, now=now)
            if fetching is not None:
                counted[await _fetch(house, fetching, now)] += 1
        return {name: many for name, many in counted.items() if many}

    return listening


async def _fetch(house: House, fetching: Fetching, now: datetime) -> str:
    """Fetch one, outside any transaction; a passing failure is tried again after a minute."""
    try:
        media = await house.client.download_media(fetching.media_id, MOST_SOUND)
    except WeChatError as refusal:
        log.info("voice.not_fetched", voice=fetching.id, code=refusal.code)
        if refusal.verdict is Verdict.FINAL:
            async with transaction():
                await voices.lose(fetching.id)
            return "lost"
        return "again"
    words = await house.speech.words(media.content, media.content_type) if house.speech else ""
    async with transaction():
        await voices.keep(fetching.id, media.content, words)
        if words:
            await _act(house, fetching, words, now)
    return "recognised" if words else "kept"


async def _act(house: House, fetching: Fetching, words: str, now: datetime) -> None:
    """Danger counts at once, as if it had been typed; everything else is read back first."""
    if read(words).intent != "emergency" and not is_fraud(words):
        await voices.ask_back(fetching.id, fetching.openid, words, now=now)
        return
    fields = {
        "ToUserName": house.settings.wechat_original_id,
        "FromUserName": fetching.openid,
        "CreateTime": str(int(now.timestamp())),
        "MsgType": "text",
        "Content": words,
        "MsgId": f"voice{fetching.id}",
    }
    message = read_message(fields, "")
    text = await answer_again(house.engine, house.county, message, received_at=now, now=now)
    letter = Letter("human.heard_at_once", {"text": text}, topic="emergency", urgency=URGENT, in_reply=True)
    await post_notice(to_openid(fetching.openid), letter, once=f"voice:{fetching.id}:danger", now=now)

"""Hears what the platform says afterwards: a form that did not arrive, a prompt that was answered."""

from __future__ import annotations

from datetime import datetime

from delivery.ledger import note_grant
from delivery.mass import finished as mass_finished
from delivery.states import not_delivered
from models.outreach.notices import ACCEPTED, Notice
from models.platform import Mark
from wechat.messages import MassFinished, Message, SubscribeChange, SubscribePopup, SubscribeSent, TemplateFinished


async def platform_said(event: Message, now: datetime) -> bool:
    """Take in an event about something we sent or may send, in the caller's transaction; False: another kind."""
    match event:
        case TemplateFinished():
            await _finished(event.msg_id, event.is_delivered, now)
        case SubscribeSent():
            for result in event.results:
                await _finished(result.msg_id, result.code == 0, now)
        case SubscribePopup() | SubscribeChange():
            for choice in event.choices:
                await note_grant(event.openid, choice.template_id, accepted=choice.is_accepted)
        case MassFinished():
            await mass_finished(event.msg_id, is_sent=event.is_sent, now=now)
        case _:
            return False
    return True


async def _finished(msg_id: str, is_delivered: bool, now: datetime) -> None:
    """A form that did not reach the person becomes a named person's task."""
    if is_delivered or not msg_id:
        return
    notice = await Notice.filter(platform_id=msg_id, state=ACCEPTED).first()
    if notice is None:
        # The event may overtake the answer to our call: remembered until that is recorded.
        await Mark.update_or_create({"value": "not_delivered", "at": now}, name=_mark(msg_id))
        return
    await not_delivered(notice, now)


async def check_overtaken(notice: Notice, now: datetime) -> None:
    """Look whether the platform's bad news came before its answer."""
    if notice.platform_id and await Mark.filter(name=_mark(notice.platform_id)).delete():
        await not_delivered(notice, now)


def _mark(msg_id: str) -> str:
    return f"job:{msg_id}"[:40]

"""Words: a no is a no (P18), and every sentence is one an elder can read (P20)."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

from models.help.wishes import Alarm
from models.inbox import InboxMessage
from models.outreach.notices import Notice
from models.people.accounts import Account, Binding
from models.people.members import Consent, Person
from tests.house.texts_read import chat_keys, rendered, too_long
from tests.storm.scene import Scene, key_of, post_to, rows, until
from tests.storm.sending import sent_so_far, sent_to

LATER = timedelta(minutes=30)


async def p18_consent(scene: Scene) -> str:
    """Who says no or nothing leaves an account and no more, and is helped in need; who takes it back hears no more."""
    refusing, reading = scene.accounts(2)
    for openid, choice in ((refusing, "3"), (reading, "2")):
        await scene.phones.put(openid, openid, following=False)
        await scene.phones.do(openid, "follow")
        assert "您同意吗" in await scene.phones.say(openid, "报到")
        await scene.phones.say(openid, choice)
        assert "120" in await scene.phones.say(openid, "我摔倒了起不来")
        assert "您同意吗" in await scene.phones.say(openid, "报到")
    await _require_nothing_kept([refusing, reading], scene)
    seconds = await _withdrawn(scene)
    return (
        f"no and half a yes: 0 rows beyond the account, 2 emergencies served; withdrawn: 0 sent, over {seconds:.1f} s"
    )


async def _require_nothing_kept(openids: list[str], scene: Scene) -> None:
    async with rows(scene.town):
        agreed = await Consent.filter(openid__in=openids).count() + await Binding.filter(openid__in=openids).count()
        words = await InboxMessage.filter(openid__in=openids, words__isnull=False).count()
        accounts = await Account.filter(openid__in=openids, consented="").count()
        alarms = await Alarm.filter(openid__in=openids).count()
    assert (agreed, words, accounts, alarms) == (0, 0, 2, 2), (agreed, words, accounts, alarms)


async def _withdrawn(scene: Scene) -> float:
    """What waited for this person is over within five seconds, and what is posted afterwards as well."""
    (openid,) = scene.people(1)
    before = await sent_so_far(scene)
    await post_to(scene.town, [openid], [1], "storm:withdrawn", later=LATER)
    answer = await scene.phones.say(openid, "撤回同意")
    assert answer.startswith("已经撤回"), answer
    await post_to(scene.town, [openid], [1], "storm:too_late")
    await scene.phones.move_clock(by=LATER.total_seconds())

    async def is_over() -> bool:
        async with rows(scene.town):
            person = await Person.get(key=key_of(openid))
            return await Notice.filter(person_id=person.id, state="expired", reason="withdrawn").count() == 2

    seconds = await until(is_over, 60, "the end of what waited")
    await asyncio.sleep(1)
    assert await sent_to(scene, [openid], before) == []
    return seconds


async def p20_texts(scene: Scene) -> str:
    """Every sentence of the chat with its longest values."""
    keys = list(chat_keys())
    long = [key for key in keys if too_long(key)]
    foreign = [key for key in keys if re.search(r"[A-Za-z]", rendered(key).text)]
    assert not long, f"too long: {long}"
    assert not foreign, f"not Chinese: {foreign}"
    most = max(len(rendered(key).text) for key in keys)
    return f"{len(keys)} sentences with their longest values: 0 violations, the longest has {most} characters"

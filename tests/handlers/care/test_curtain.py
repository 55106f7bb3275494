"""What is said about the daily sign of life beside the stories: away and back, a round at once, danger at the door."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cast import Cast
from talking import Talk

from kit.clock import SHANGHAI
from kit.county import County, CurtainNumbers
from models.care.curtain import CurtainResult, CurtainSubscription
from models.database import transaction
from models.help.wishes import Alarm
from models.outreach.notices import Notice
from scheduler.care.curtain import curtain as knock
from services.care import curtain
from services.people import access

DEPS: Any = SimpleNamespace(county=County(), transaction=transaction)
NINE = datetime(2026, 10, 13, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
async def watched(cast: Cast, monday: datetime) -> Cast:
    """赵一禾 and 钱二梅 agreed; 吴六合 watches both: of the one a word, of the other the curtains."""
    reach = await access.reach_of(cast.worker, monday.date())
    policy = curtain.CurtainPolicy.of(CurtainNumbers())
    for person, sign in ((cast.zhao, "message"), (cast.qian, "curtain")):
        terms = curtain.Terms(sign, cast.leader.id)
        await curtain.agree(person, terms, by=reach, version="2026-1", now=monday, policy=policy)
    return cast


@pytest.mark.parametrize(
    ("words", "until"),
    [("我去女儿家住三天", "2026-10-14"), ("我要去儿子家住两个月", "2026-12-10"), ("我去女儿家住几天", "2026-10-16")],
)
async def test_somebody_away_is_not_looked_for_and_says_when_back(
    watched: Cast, talk: Talk, words: str, until: str
) -> None:
    assert "以前不问您平安" in await talk.say("oZhao", words)
    assert (await CurtainSubscription.get(person_id=watched.zhao.id)).paused_until.isoformat() == until
    assert await talk.say("oZhao", "我回来了") == "回来就好！从明天起照旧，每天跟我说句话。"
    assert (await CurtainSubscription.get(person_id=watched.zhao.id)).paused_until is None


async def test_of_others_being_away_is_only_good_to_know(watched: Cast, talk: Talk) -> None:
    assert await talk.say("oFeng", "我去女儿家住三天") == "收到，您今天平安，我们就放心了。"
    assert await talk.say("oFeng", "我回来了") == "收到，您今天平安，我们就放心了。"


async def test_being_away_is_taken_back_at_a_word(watched: Cast, talk: Talk) -> None:
    await talk.say("oZhao", "我去女儿家住三天")
    assert await talk.say("oZhao", "撤销") == "好的，从明天起照旧。"


async def test_a_round_is_ticked_at_once(watched: Cast, talk: Talk) -> None:
    talk.now = NINE - timedelta(minutes=30)
    said = await talk.say("oLeader", "窗帘看过了")
    assert said.splitlines()[1:4] == ["1 赵一禾", "2 钱二梅", "3 都看过了，都好"]
    assert await talk.say("oLeader", "3") == "记下了，2位都好。谢谢您！"
    assert (await knock.run(NINE, DEPS))["unseen"] == 0
    assert await CurtainResult.filter(state="fine").count() == 2


async def test_who_watches_nobody_is_told_so(talk: Talk) -> None:
    assert await talk.say("oFeng", "我看护的人有哪些") == "现在没有您看护的人。"


async def test_danger_at_the_door_is_an_alarm(watched: Cast, talk: Talk) -> None:
    await knock.run(NINE, DEPS)
    talk.now = NINE
    await talk.say("oLeader", "我看护的人")
    for digit in ("1", "2"):
        await talk.say("oLeader", digit)
    assert (await talk.say("oLeader", "3")).startswith("请马上打120！")
    alarm = await Alarm.get()
    assert alarm.person_id == watched.zhao.id
    assert await Notice.filter(say="emergency.alarm_named", recipient=f"person:{watched.secretary.id}").exists()


async def test_the_community_ends_it_for_somebody_and_may_take_that_back(watched: Cast, talk: Talk) -> None:
    assert (await talk.say("oWorker", "赵一禾的窗帘行动")).splitlines()[0] == (
        "赵一禾：每天说一句话，9点前，吴六合看护。"
    )
    assert await talk.say("oWorker", "3") == "好的，赵一禾的窗帘行动停了。"
    assert await curtain.subscription_of(watched.zhao.id) is None
    await talk.say("oWorker", "撤销")
    assert await curtain.subscription_of(watched.zhao.id) is not None


async def test_of_somebody_else_s_people_nothing_is_said(watched: Cast, talk: Talk) -> None:
    said = await talk.say("oFeng", "赵一禾的窗帘行动")
    assert "赵一禾" not in said
    assert said.startswith("每天9点前跟我说句话")


async def test_a_house_without_an_agreement_asks_nobody(cast: Cast) -> None:
    assert await knock.run(NINE, DEPS) == {"greeted": 0, "unseen": 0, "settled": 0, "told": 0, "risen": 0}
    assert not await Notice.all().exists()

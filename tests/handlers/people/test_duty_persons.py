"""Who is on duty, asked and said by chat: numbered steps, a wrong answer each, a read-back."""

from __future__ import annotations

from datetime import date

from cast import Cast
from talking import Talk

from models.people.access import DutyPerson
from services.people import members, organisation


async def test_a_worker_says_who_is_on_duty_and_everybody_hears_it(talk: Talk, cast: Cast) -> None:
    assert await talk.say("oZhao", "今晚谁值班") == "现在没有登记值班的人。有事请打199 0000 0900，急事打120。"
    assert await talk.say("oWorker", "登记值班") == (
        "值班的事，您要：\n1 登记值班的人\n2 请人替我\n3 看值班表\n回复数字就行，0 返回。"
    )
    assert (await talk.say("oWorker", "1")).startswith("（第1步，共3步）谁来值班？")
    assert (await talk.say("oWorker", "冯九思")).startswith("没有找到叫“冯九思”的人。")
    assert (await talk.say("oWorker", "周五常")).startswith("（第2步，共3步）什么时候值班？")
    assert (await talk.say("oWorker", "4")).startswith("请回复数字：")
    assert (await talk.say("oWorker", "夜里")).startswith("（第3步，共3步）从哪天到哪天？")
    assert (await talk.say("oWorker", "看情况")).startswith("我没听明白是哪几天。")
    assert await talk.say("oWorker", "今天到10月18号") == (
        "周五常值班：夜里，10月12日(周一)到10月18日(周日)，对吗？对就回复1，不对回复2。"
    )
    assert await talk.say("oWorker", "1") == "好的，周五常的值班登记好了。点错了就回复“撤销”。"
    row = await DutyPerson.get()
    assert (row.hours, row.since, row.until) == ("night", date(2026, 10, 12), date(2026, 10, 18))
    assert await talk.say("oZhao", "今晚谁值班") == (
        "今晚值班的是周五常。有事回复“帮忙”，马上转到，也可以打199 0000 0900。急事打120。"
    )
    assert (await talk.say("oZhao", "现在谁值班")).startswith("现在没有登记值班的人。")
    assert await talk.say("oWorker", "撤销") == "好的，周五常这一行去掉了。"


async def test_a_secretary_names_a_deputy_and_comes_back_early(talk: Talk, cast: Cast) -> None:
    deputy = await members.register("孙三木", branch=cast.branch)
    await organisation.appoint(deputy, "deputy_secretary", cast.branch, since=None)
    assert (await talk.say("oSecretary", "登记代班人")).startswith("（第1步，共2步）您不在的时候谁替您？")
    assert (await talk.say("oSecretary", "孙三木")).startswith("（第2步，共2步）")
    assert await talk.say("oSecretary", "到10月20号") == (
        "孙三木替您：10月12日(周一)到10月20日(周二)，对吗？对就回复1，不对回复2。"
    )
    assert (await talk.say("oSecretary", "1")).startswith("好的，这些日子找您的事都转给孙三木。")
    await talk.say("oSecretary", "登记值班")
    assert "1 孙三木替李四友，10月12日(周一)到10月20日(周二)" in await talk.say("oSecretary", "2")
    assert await talk.say("oSecretary", "1") == "这一行去掉，对吗？对就回复1，不对回复2。"
    assert await talk.say("oSecretary", "1") == "好的，孙三木这一行去掉了。"
    assert await DutyPerson.all().count() == 0


async def test_a_member_without_an_office_can_be_no_deputy(talk: Talk, cast: Cast) -> None:
    for words in ("登记代班人", "钱二梅", "到10月20号"):
        await talk.say("oSecretary", words)
    assert (await talk.say("oSecretary", "1")).startswith("钱二梅在金桂花园党支部没有能做主的职务")


async def test_for_a_member_these_words_reach_a_person(talk: Talk) -> None:
    assert "会给您打电话" in await talk.say("oZhao", "登记值班")

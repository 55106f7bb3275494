"""What secretaries do about visits in the chat: cards, hand-overs, rules, sums."""

from __future__ import annotations

from datetime import datetime

import cast as stage
import pytest
import visits_rounds as rounds
from talking import Talk, open_talk

from handlers.routers import ROUTERS
from kit.county import County
from models.care.care_plans import CarePlan
from models.care.visit_settings import VisitSetting
from models.care.visits import SecondHome, VisitRecord, VisitTask
from models.people.accounts import Account
from models.people.members import Person


@pytest.fixture
async def talk(db: None, monday: datetime) -> Talk:
    await stage.arrange(monday)
    await rounds.plan(monday)
    await Account.all().update(consented=County().privacy_version)
    return await open_talk(ROUTERS, monday)


async def test_a_card_is_written_in_four_answers_and_read_at_the_door(talk: Talk) -> None:
    assert (await talk.say("oWorker", "赵一禾的情况卡")).splitlines()[0] == "赵一禾的情况卡。还没有写。"
    await talk.say("oWorker", "1")
    for words in ("喝茶", "没有", "下午在家"):
        await talk.say("oWorker", words)
    assert await talk.say("oWorker", "怕吵" * 20) == "请说得短一点，三十个字以内就行。"
    assert await talk.say("oWorker", "怕吵") == "好的，赵一禾的情况卡写好了。去看望的人当天能看到。"
    await talk.say("oLeader", "我的走访")
    assert (await talk.say("oLeader", "1")).splitlines()[0] == (
        "赵一禾，重阳慰问，10月18日(周日)，农历九月初九。电话199 0000 0001。留心：喜欢喝茶、下午在家、避开怕吵。"
    )


async def test_risks_and_tiers_are_switches(talk: Talk) -> None:
    await talk.say("oWorker", "赵一禾的情况卡")
    assert (await talk.say("oWorker", "2")).splitlines()[1:4] == ["1 独居：否", "2 空巢：否", "3 行动不便：否"]
    assert (await talk.say("oWorker", "1")).splitlines()[1] == "1 独居：是"
    await talk.say("oWorker", "赵一禾的情况卡")
    assert (await talk.say("oWorker", "3")).splitlines()[5] == "5 送学上门：否"
    assert (await talk.say("oWorker", "5")).splitlines()[5] == "5 送学上门：是"
    plan = await CarePlan.get()
    assert (plan.tags, plan.home_study) == ("lives_alone", True)


async def test_a_seat_of_the_team_is_taken(talk: Talk) -> None:
    for words in ("赵一禾的情况卡", "4", "2"):
        await talk.say("oWorker", words)
    assert await talk.say("oWorker", "尤九如") == "没找到有职务的尤九如，请说全名。"
    assert (await talk.say("oWorker", "陈十全")).splitlines()[3] == "2 老干部局：陈十全"


async def test_half_the_year_elsewhere(talk: Talk) -> None:
    for words in ("赵一禾的情况卡", "5"):
        await talk.say("oWorker", words)
    assert await talk.say("oWorker", "秋天") == "请说几月几日，比如：十月十五日。"
    await talk.say("oWorker", "十月十五日")
    await talk.say("oWorker", "4月15号")
    assert await talk.say("oWorker", "柳塘社区") == "记下了，赵一禾每年那几个月由柳塘社区的人去看望。"
    home = await SecondHome.get()
    assert (home.from_day, home.until_day) == ("10-15", "04-15")


async def test_who_may_not_see_it_is_told_of_nobody(talk: Talk) -> None:
    assert await talk.say("oQian", "赵一禾的情况卡") == "没有找到您这里的赵一禾。请说全名。"


async def test_a_sick_visitor_hands_everything_over(talk: Talk) -> None:
    assert (await talk.say("oSecretary", "吴六合病了，由钱二梅接手")).splitlines()[0] == (
        "吴六合名下的1次走访、1位老同志、0件事，都交给钱二梅，对吗？"
    )
    assert await talk.say("oSecretary", "1") == "交接好了，已经告诉钱二梅。"
    assert (await VisitTask.get(subject__key="zhao")).assignee_id == (await stage_person("qian"))


async def stage_person(key: str) -> int:

    return (await Person.get(key=key)).id


async def test_a_deputy_for_a_month(talk: Talk) -> None:
    await talk.say("oSecretary", "吴六合请假了，交给钱二梅")
    assert await talk.say("oSecretary", "2") == "交接好了，钱二梅代到11月11日(周三)，到时候自动交回。"


async def test_a_hand_over_without_two_names_asks_for_them(talk: Talk) -> None:
    assert (await talk.say("oSecretary", "吴六合病了，由他儿子接手")) == "请说谁交给谁，比如：吴六合的走访交给冯九思。"


async def test_the_rules_are_read_by_staff_and_changed_by_the_county(talk: Talk) -> None:
    lines = (await talk.say("oChief", "走访规矩")).splitlines()
    assert lines[1:3] == ["1 满60岁起，逢十生日去看望", "2 男同志逢十生日提前0年过"]
    assert await talk.say("oChief", "1") == "现在是：满60岁起，逢十生日去看望。要改成几？说个数字就行。"
    assert await talk.say("oChief", "再说") == "请说一个数字，比如：5。"
    preview = await talk.say("oChief", "70")
    assert preview.startswith("改成：满70岁起，逢十生日去看望。往后一年")
    assert await talk.say("oChief", "1") == "改好了：满70岁起，逢十生日去看望。已经安排的不会丢，也不会重。"
    assert (await VisitSetting.get()).value == 70
    assert await talk.say("oChief", "撤销") == "改好了：满60岁起，逢十生日去看望。已经安排的不会丢，也不会重。"


async def test_a_secretary_is_told_whose_the_rules_are(talk: Talk) -> None:
    for words in ("走访规矩", "1", "70"):
        await talk.say("oSecretary", words)
    assert await talk.say("oSecretary", "1") == "走访的规矩由县里定。您的意见，回复“帮忙”告诉县里。"


async def test_the_sum_adds_up(talk: Talk) -> None:
    assert await talk.say("oWorker", "走访数字") == (
        "桂花社区今年到10月26日(周一)要走访4次。去过0次，不用去0次，还没去4次。名册里漏掉的0位。"
    )


async def test_a_home_round_keeps_coarse_words_and_the_next_day(talk: Talk, monday: datetime) -> None:
    for words in ("赵一禾的情况卡", "3", "4", "0", "赵一禾的情况卡", "4", "5"):
        await talk.say("oWorker", words)
    await talk.say("oWorker", "陈十全")
    await rounds.plan(monday)
    task = await VisitTask.get(kind="home_round")
    assert task.assignee_id == await stage_person("chief")
    await talk.say("oChief", "我的走访")
    shown = await talk.say("oChief", "赵一禾")
    assert shown.startswith("赵一禾，上门巡诊，10月31日(周六)")
    assert (await talk.say("oChief", "1")).startswith("（第1步，共2步）做了哪些？")
    assert await talk.say("oChief", "血压有点高") == "请回复1到5的数字，比如：1、4。没有就回复“没有”。"
    await talk.say("oChief", "1和4")
    assert await talk.say("oChief", "十一月二十日") == (
        "记下了：赵一禾这个月的巡诊做过了。谢谢您！记错了，10分钟内回复“撤销”。"
    )
    kept = await VisitRecord.get(task_id=task.id)
    assert (kept.findings, kept.tags, str(kept.next_on)) == ("", "blood_pressure,medicines", "2026-11-20")
    card = await talk.say("oWorker", "赵一禾的情况卡")
    assert "上次巡诊10月12日(周一)：量血压、看用药。下次11月20日(周五)。" in card
    await talk.say("oChief", "撤销")
    assert (await VisitTask.get(id=task.id)).state == "assigned"


async def test_a_community_reads_and_changes_its_own_windows(talk: Talk) -> None:
    lines = (await talk.say("oWorker", "走访规矩")).splitlines()
    assert lines[4] == "4 生日前3天起可以去看望"
    await talk.say("oWorker", "4")
    assert await talk.say("oWorker", "10") == (
        "只在桂花社区改成：生日前10天起可以去看望。往后一年的日期都不变。对就回复1，不对回复2。"
    )
    await talk.say("oWorker", "1")
    assert (await talk.say("oWorker", "走访规矩")).splitlines()[4] == "4 生日前10天起可以去看望"
    assert (await talk.say("oChief", "走访规矩")).splitlines()[4] == "4 生日前3天起可以去看望"

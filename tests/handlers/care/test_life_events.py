"""What anybody says of a stay in hospital, of need, of a death; and how one named person settles it."""

from __future__ import annotations

from datetime import datetime

import cast as stage
import pytest
import visits_rounds as rounds
from talking import Talk, open_talk

from handlers.routers import ROUTERS
from kit.county import County
from models.care.life_events import LifeEvent
from models.care.visits import NoVisit, VisitTask
from models.outreach.notices import Notice
from models.people.accounts import Account, Question
from models.people.members import Person


@pytest.fixture
async def talk(db: None, monday: datetime) -> Talk:
    await stage.arrange(monday)
    await rounds.plan(monday)
    await Account.all().update(consented=County().privacy_version)
    return await open_talk(ROUTERS, monday)


async def ask(talk: Talk, say: str, openid: str) -> None:
    """As if the newest such notice had been read there: its question is open."""
    notice = await Notice.filter(say=say).order_by("-id").first()
    assert notice is not None
    await Question.create(openid=openid, title="?", choices=notice.asks, asked_at=talk.now, notice_id=notice.id,
                          valid_until=talk.now.replace(year=2027))  # fmt: skip


async def test_a_neighbour_says_it_and_only_the_worker_reads_it(talk: Talk) -> None:
    assert await talk.say("oQian", "赵一禾住院了") == (
        "您说的是赵一禾生病住院，对吗？请说一声您是他什么人，不是就回复0。"
    )
    assert await talk.say("oQian", "我") == "请说一声您是他什么人，比如：女儿、邻居、老同事。不是这回事就回复0。"
    assert await talk.say("oQian", "邻居") == "记下了，请安心养病。周五常会给您打电话，别的人不会知道。"
    await ask(talk, "life_events.please_check", "oWorker")
    assert await talk.say("oWorker", "1") == (
        "钱二梅（邻居）说赵一禾生病住院。电话199 0000 0002。请先打个电话问清楚。\n1 属实\n2 不属实\n"
        "回复数字就行，0 返回。"
    )
    assert await talk.say("oWorker", "1") == "记下了，已经请吴六合去看望。弄错了，回复“撤销”。"
    await ask(talk, "visits.new", "oLeader")
    assert (await talk.say("oLeader", "1")).splitlines()[0] == "赵一禾，住院看望，10月15日(周四)。电话199 0000 0001。"
    assert await talk.say("oWorker", "撤销") == "撤回来了，都和原来一样。"
    assert (await VisitTask.get(kind="hospital_visit")).state == "cancelled"


async def test_a_report_is_taken_back_by_whoever_made_it(talk: Talk) -> None:
    for words in ("赵一禾走了，没了", "邻居"):
        await talk.say("oQian", words)
    assert (await LifeEvent.get()).kind == "death"
    assert await talk.say("oQian", "撤销") == "好的，已经撤掉了。"
    assert (await Person.get(key="zhao")).state == "active"


async def test_who_says_it_of_oneself_only_says_yes(talk: Talk) -> None:
    assert await talk.say("oZhao", "我住院了") == "您是说您自己生病住院，对吗？对就回复1，不对回复2。"
    assert (await talk.say("oZhao", "1")).startswith("记下了，请安心养病。")
    event = await LifeEvent.get()
    assert event.reporter_id == event.person_id
    assert await talk.say("oWorker", "等我核实的事") == "要您核实的有1件：\n1 赵一禾：住院\n回复数字就行，0 返回。"


async def test_a_relative_s_name_is_asked(talk: Talk) -> None:
    assert (
        await talk.say("oQian", "我老伴走了，昨天没的") == "（第1步，共2步）请问您说的是哪一位？说全名就行，回复0取消。"
    )
    assert await talk.say("oQian", "8") == "请说这位老同志的全名，两到四个字。"
    assert (await talk.say("oQian", "冯九思")).startswith("（第2步，共2步）您说的是冯九思去世的消息，对吗？")
    assert (await talk.say("oQian", "老伴")).startswith("听到这个消息，我们很难过，请您节哀。")


async def test_the_worker_enters_it_and_home_again(talk: Talk) -> None:
    assert await talk.say("oWorker", "赵一禾住院了") == "赵一禾生病住院，您已经核实过了，对吗？对就回复1，不对回复2。"
    assert await talk.say("oWorker", "1") == "记下了，已经请吴六合去看望。弄错了，回复“撤销”。"
    assert await talk.say("oWorker", "赵一禾出院了") == "赵一禾已经出院回家了，对吗？对就回复1，不对回复2。"
    assert await talk.say("oWorker", "1") == "好的，出院就好。过几天有人打电话问候。"
    assert await talk.say("oZhao", "我出院了") == "您是说已经出院回家了，对吗？对就回复1，不对回复2。"
    assert await talk.say("oZhao", "1") == "没有登记住院，不用改。祝您身体健康。"


async def test_the_visitor_says_that_the_person_is_home(talk: Talk) -> None:
    for words in ("赵一禾住院了", "1"):
        await talk.say("oWorker", words)
    await ask(talk, "visits.new", "oLeader")
    assert (await talk.say("oLeader", "1")).splitlines()[5] == "5 已经出院了"
    assert await talk.say("oLeader", "5") == "好的，出院就好。过几天有人打电话问候。"


async def test_one_of_two_people_of_a_name_is_chosen_by_whoever_confirms(talk: Talk) -> None:
    branch = (await Person.get(key="zhao")).branch_id
    await Person.create(name="赵一禾", branch_id=branch)
    for words in ("赵一禾家里困难", "邻居"):
        await talk.say("oQian", words)
    await ask(talk, "life_events.please_check", "oWorker")
    lines = (await talk.say("oWorker", "1")).splitlines()
    assert lines[1:4] == ["1 赵一禾 金桂花园党支部", "2 赵一禾 金桂花园党支部", "3 不是我们这里的人"]
    assert (await talk.say("oWorker", "1")).splitlines()[1:4] == ["1 属实", "2 属实，而且很急", "3 不属实"]
    assert (await talk.say("oWorker", "2")).startswith("记下了，已经请")
    assert (await LifeEvent.get()).is_urgent


async def test_the_person_visited_says_who_came_and_the_secretary_sends_again(talk: Talk) -> None:
    for words in ("我的走访", "1", "1", "没什么"):
        await talk.say("oLeader", words)
    await ask(talk, "visits.did_they_come", "oZhao")
    assert await talk.say("oZhao", "2") == "记下了，我们来问一问。有什么需要，请回复“帮忙”。"
    await ask(talk, "visits.doubted", "oSecretary")
    assert (await talk.say("oSecretary", "1")).splitlines()[0] == (
        "赵一禾说，10月12日(周一)吴六合没有去看望。请问清楚以后回复。"
    )
    assert await talk.say("oSecretary", "2") == "好的，已经请看望的人再去一次。"
    assert (await VisitTask.get(subject__key="zhao")).state == "assigned"


async def test_a_gift_has_two_names(talk: Talk) -> None:
    for words in ("我的走访", "1", "1", "没什么", "1"):
        await talk.say("oLeader", words)
    assert await talk.say("oLeader", "大米一袋") == "（第2步，共2步）和您一起去的是谁？请说姓名。"
    assert await talk.say("oLeader", "吴六合") == "一起去的要是另外一个人，请再说一个姓名。"
    assert await talk.say("oLeader", "尤九如") == "没找到叫尤九如的人。请说一起去的人的全名。"
    assert await talk.say("oLeader", "李四友") == "登记好了，请李四友核对一下就行。谢谢您！"
    await ask(talk, "visits.gift_second", "oSecretary")
    assert (await talk.say("oSecretary", "1")).splitlines()[0] == (
        "吴六合登记：给赵一禾送了“大米一袋”，一起去的是李四友。对吗？"
    )
    assert await talk.say("oSecretary", "1") == "好的，核对过了，谢谢您。"


async def test_please_do_not_visit_is_kept_and_taken_back(talk: Talk) -> None:
    assert await talk.say("oZhao", "请不要来看我") == "您是想请大家不要上门看望，对吗？对就回复1，不对回复2。"
    assert (await talk.say("oZhao", "1")).startswith("好的，以后不上门打扰您。")
    task = await VisitTask.get(subject__key="zhao")
    assert (task.state, task.reason) == ("cancelled", "no_visit")
    assert await talk.say("oZhao", "可以来看我") == "好的，以后大家照常来看您。"
    assert not await NoVisit.current().exists()
    await rounds.plan(talk.now)
    assert (await VisitTask.get(subject__key="zhao")).state == "assigned"


async def test_nobody_reports_their_own_death_by_a_slip_of_the_finger(talk: Talk) -> None:
    await talk.say("oQian", "我老伴去世了")
    await talk.say("oQian", "钱二梅")
    for wrong in ("对的", "2", "我住金桂花园3栋"):
        assert (await talk.say("oQian", wrong)).startswith("请说一声您是他什么人")
    assert (await talk.say("oQian", "女儿")).startswith("这是您自己的名字，我什么也没有记。")
    assert not await LifeEvent.exists()


async def test_a_bare_name_is_never_taken_for_a_death(talk: Talk) -> None:
    for name in ("王百川", "冯九思", "李四友"):
        assert "去世" not in await talk.say("oQian", name)

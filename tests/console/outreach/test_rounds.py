"""A notice at the desk beyond its first yes: counted while typed, sent later, followed by name, again, corrected."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import Cast
from console_site import Browser, Site, with_code

from kit import clock
from kit.clock import local
from models.outreach.notices import Broadcast, Notice
from services.outreach import broadcasts

pytestmark = pytest.mark.usefixtures("db")
PATH = "/console/broadcasts"
WORDS = "明天上午九点在党群服务站开会。"


@pytest.fixture
async def desk(site: Site, cast: Cast) -> Browser:
    return await with_code(site, cast.secretary)


async def _written(desk: Browser, message: str = WORDS) -> Broadcast:
    await desk.look(PATH)
    assert (await desk.send(PATH, audience="我们支部", message=message)).status == 303
    return await Broadcast.get(text=message)


async def _spread(desk: Browser) -> Broadcast:
    row = await _written(desk)
    await desk.look(f"{PATH}/{row.id}")
    assert (await desk.send(f"{PATH}/{row.id}/send")).status == 303
    await broadcasts.spread_page(row.id, clock.now() + timedelta(minutes=11))
    return await Broadcast.get(id=row.id)


@pytest.mark.parametrize(
    ("said", "shown"), [("我们支部", "共3人"), ("我们支部 75岁以上", "共2人"), ("月亮上的人", "。"), ("", "。")]
)
async def test_how_many_it_would_be_is_said_while_it_is_typed(desk: Browser, said: str, shown: str) -> None:
    page = await desk.look(f"{PATH}/count?audience={said}")
    assert page.status == 200
    assert shown in page.text
    assert "<" not in page.text


async def test_what_should_be_read_once_more_is_said_before_the_yes(desk: Browser) -> None:
    row = await _written(desk, "请把款转账到这个账号，明天截止。")
    assert "账号或转账" in (await desk.look(f"{PATH}/{row.id}")).text


async def test_it_goes_out_at_the_time_that_was_set(desk: Browser) -> None:
    row = await _written(desk)
    wanted = local(clock.now() + timedelta(days=2)).replace(hour=9, minute=30, second=0, microsecond=0)
    await desk.look(f"{PATH}/{row.id}")
    assert (await desk.send(f"{PATH}/{row.id}/later", later=wanted.strftime("%Y-%m-%dT%H:%M"))).status == 303
    assert "9点30分发出去" in (await desk.look(f"{PATH}/{row.id}")).text
    await desk.send(f"{PATH}/{row.id}/send")
    assert (await Broadcast.get(id=row.id)).send_at == wanted


@pytest.mark.parametrize("said", ["", "明天", "2001-01-01T09:00", "2999-01-01T09:00"])
async def test_no_other_moment_is_taken(desk: Browser, said: str) -> None:
    row = await _written(desk)
    await desk.look(f"{PATH}/{row.id}")
    assert (await desk.send(f"{PATH}/{row.id}/later", later=said)).status == 422


async def test_everybody_stands_there_by_name_with_how_far_it_came(desk: Browser, cast: Cast) -> None:
    row = await _spread(desk)
    await broadcasts.received(row.id, [cast.zhao.id], "oZhao", now=clock.now())
    page = (await desk.look(f"{PATH}/{row.id}/people")).text
    assert "本人回了" in page.partition("赵一禾")[2][:120]
    assert "还没发" in page.partition("钱二梅")[2][:120]


async def test_each_figure_leads_to_those_alone_it_counts(desk: Browser, cast: Cast) -> None:
    row = await _spread(desk)
    await Notice.filter(broadcast_id=row.id, person_id=cast.qian.id).update(state="accepted", outcome="sent")
    await broadcasts.received(row.id, [cast.zhao.id], "oZhao", now=clock.now())
    page = (await desk.look(f"{PATH}/{row.id}")).text
    for state, name in (("confirmed", "赵一禾"), ("sent", "钱二梅"), ("waiting", "吴六合")):
        assert f"people?state={state}" in page
        listed = (await desk.look(f"{PATH}/{row.id}/people?state={state}")).text
        assert [one for one in ("赵一禾", "钱二梅", "吴六合") if one in listed] == [name]
    assert "people?state=told" not in page
    everybody = (await desk.look(f"{PATH}/{row.id}/people?state=moon")).text
    assert all(one in everybody for one in ("赵一禾", "钱二梅", "吴六合"))


async def test_the_names_of_those_still_untold_are_folded_away(desk: Browser) -> None:
    page = (await desk.look(f"{PATH}/{(await _spread(desk)).id}")).text
    assert "<summary>还没有知道的3人，点开看名字</summary>" in page
    assert "钱二梅" in page.partition("点开看名字")[2]


async def test_once_more_goes_to_those_alone_who_have_not_answered(desk: Browser, cast: Cast) -> None:
    row = await _spread(desk)
    await Notice.filter(broadcast_id=row.id).update(state="accepted", outcome="sent")
    await broadcasts.received(row.id, [cast.zhao.id], "oZhao", now=clock.now())
    assert "再发给没回的2人" in (await desk.look(f"{PATH}/{row.id}")).text
    assert (await desk.send(f"{PATH}/{row.id}/again", how="chat")).status == 303
    assert (await Broadcast.get(id=row.id)).state == "scheduled"
    assert "撤回" in (await desk.look(f"{PATH}/{row.id}")).text
    await broadcasts.spread_page(row.id, clock.now() + timedelta(minutes=11))
    second = Notice.filter(business_key=f"broadcast:{row.id}:round:2")
    assert set(await second.values_list("person_id", flat=True)) == {cast.qian.id, cast.leader.id}


async def test_a_correction_is_looked_at_before_it_goes_to_the_same_people(desk: Browser) -> None:
    row = await _spread(desk)
    await desk.look(f"{PATH}/{row.id}")
    assert (await desk.send(f"{PATH}/{row.id}/correct", message="改成后天上午九点开会。")).status == 303
    right = await Broadcast.get(corrects_id=row.id)
    page = (await desk.look(f"{PATH}/{right.id}")).text
    assert "更正通知" in page
    assert "共3人" in page


async def test_the_county_reads_no_names(site: Site, desk: Browser, cast: Cast) -> None:
    row = await _spread(desk)
    chief = await with_code(site, cast.chief)
    assert (await chief.look(f"{PATH}/{row.id}/people")).status == 404


async def test_an_invitation_counts_who_comes(desk: Browser, cast: Cast) -> None:
    await desk.look(PATH)
    await desk.send(PATH, audience="我们支部", message=WORDS, asks="comes")
    row = await Broadcast.get(text=WORDS)
    assert "来的请回复1，不来的回复2。" in (await desk.look(f"{PATH}/{row.id}")).text
    await desk.send(f"{PATH}/{row.id}/send")
    await broadcasts.spread_page(row.id, clock.now() + timedelta(minutes=11))
    notice = await Notice.get(broadcast_id=row.id, person_id=cast.zhao.id)
    assert [one["do"] for one in notice.asks or []] == ["broadcasts.comes", "broadcasts.stays"]
    await broadcasts.answered(row.id, [cast.zhao.id], "oZhao", comes=True, now=clock.now())
    await broadcasts.answered(row.id, [cast.qian.id], "oQian", comes=True, now=clock.now())
    await broadcasts.answered(row.id, [cast.qian.id], "oQian", comes=False, now=clock.now())
    assert "1人说来，1人说不来" in (await desk.look(f"{PATH}/{row.id}")).text
    assert "本人回了 · 不来" in (await desk.look(f"{PATH}/{row.id}/people")).text.partition("钱二梅")[2][:140]


async def test_a_plain_notice_asks_nothing_else(desk: Browser) -> None:
    row = await _spread(desk)
    assert "人说来" not in (await desk.look(f"{PATH}/{row.id}")).text


async def test_a_corrected_invitation_still_asks_who_comes(desk: Browser) -> None:
    row = await _spread(desk)
    await Broadcast.filter(id=row.id).update(audience={**row.audience, "invites": True})
    await desk.look(f"{PATH}/{row.id}")
    await desk.send(f"{PATH}/{row.id}/correct", message="改成后天上午九点开会。")
    right = await Broadcast.get(corrects_id=row.id)
    assert "以这一条为准，来的请回复1" in (await desk.look(f"{PATH}/{right.id}")).text
